#include "stores/driver_module.h"

extern "C" {
// A module that makes no drivers.
extern const vitrine::stores::DriverModule vitrine_driver_module;
const vitrine::stores::DriverModule vitrine_driver_module{.make = nullptr, .places = nullptr};
}
