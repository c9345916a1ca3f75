#include "catalog/sql/watchdog.h"

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>

namespace vitrine::catalog::sql {
namespace {

class WatchdogTest : public testing::Test {
 protected:
  WatchdogTest() { EXPECT_EQ(socketpair(AF_UNIX, SOCK_STREAM, 0, sockets_.data()), 0); }
  ~WatchdogTest() override {
    for (const int socket : sockets_) close(socket);
  }

  int ours() const { return sockets_[0]; }

  /// Waits for an answer that never comes: 0 is what a cut connection says.
  ssize_t wait_for_answer() const {
    char answer = 0;
    return recv(ours(), &answer, 1, 0);
  }

  /// The peer still hears us.
  bool is_connected() const {
    char said = 0;
    return send(ours(), "?", 1, MSG_NOSIGNAL) == 1 && recv(sockets_[1], &said, 1, 0) == 1;
  }

 private:
  std::array<int, 2> sockets_{};
};

TEST_F(WatchdogTest, CutsAConnectionOnWhichNothingComes) {
  Watchdog watchdog(std::chrono::seconds(0));
  const Watch watch(&watchdog, ours());

  EXPECT_EQ(wait_for_answer(), 0);
}

TEST_F(WatchdogTest, LeavesAConnectionThatIsDone) {
  Watchdog watchdog(std::chrono::seconds(0));
  { const Watch watch(&watchdog, ours()); }
  std::array<int, 2> others{};
  ASSERT_EQ(socketpair(AF_UNIX, SOCK_STREAM, 0, others.data()), 0);

  {
    const Watch watch(&watchdog, others[0]);
    char answer = 0;
    EXPECT_EQ(recv(others[0], &answer, 1, 0), 0);
  }

  EXPECT_TRUE(is_connected());
  for (const int socket : others) close(socket);
}

TEST_F(WatchdogTest, LeavesAConnectionThatHasTime) {
  {
    Watchdog watchdog(std::chrono::hours(1));
    const Watch watch(&watchdog, ours());
    EXPECT_TRUE(is_connected());
  }

  EXPECT_TRUE(is_connected());
}

TEST_F(WatchdogTest, IsNotNeeded) {
  const Watch watch(nullptr, ours());

  EXPECT_TRUE(is_connected());
}

}  // namespace
}  // namespace vitrine::catalog::sql
