// The parts of Asio that need not be templates, compiled once for the room.
#include <boost/asio/impl/src.hpp>
