// SPDX-License-Identifier: Apache-2.0
#include "app/platform/forked_copy.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <iterator>
#include <utility>

#include "models/base/error.h"

namespace vr {

ForkedCopy::~ForkedCopy() {
    if (child_ > 0) {
        ::kill(child_, SIGKILL);
        (void)::waitpid(child_, nullptr, 0);
    }
    if (pipe_ >= 0) {
        (void)::close(pipe_);
    }
}

namespace {
std::ptrdiff_t threads() {
    const std::filesystem::directory_iterator tasks("/proc/self/task");
    return std::distance(begin(tasks), end(tasks));
}
}  // namespace

void ForkedCopy::fork() {
    ensure(!forked_, "a second copy of a run");
    ensure(threads() == 1, "snapshot: {} threads in this process; a copy would have one",
           threads());
    std::array<int, 2> ends{};
    if (::pipe2(ends.data(), O_CLOEXEC) != 0) {
        throw UsageError(fmt::format("snapshot: no pipe: {}", std::strerror(errno)));
    }
    const pid_t child = ::fork();
    if (child < 0) {
        const int error = errno;
        (void)::close(ends[0]);
        (void)::close(ends[1]);
        throw UsageError(
            fmt::format("snapshot: the process cannot be copied: {}", std::strerror(error)));
    }
    forked_ = true;
    child_ = child;
    pipe_ = ends[child == 0 ? 1 : 0];
    (void)::close(ends[child == 0 ? 0 : 1]);
}

void ForkedCopy::hand_over(std::string_view text) {
    while (!text.empty()) {
        const ssize_t written = ::write(pipe_, text.data(), text.size());
        if (written < 0 && errno != EINTR) {
            ::_exit(1);
        }
        text.remove_prefix(written > 0 ? static_cast<std::size_t>(written) : 0);
    }
    ::_exit(0);
}

std::string ForkedCopy::receive(bool& complete) {
    std::string text;
    std::array<char, 65536> buffer{};
    while (true) {
        const ssize_t got = ::read(pipe_, buffer.data(), buffer.size());
        if (got > 0) {
            text.append(buffer.data(), static_cast<std::size_t>(got));
        } else if (got == 0 || errno != EINTR) {
            break;
        }
    }
    int status = 0;
    while (::waitpid(child_, &status, 0) < 0 && errno == EINTR) {
    }
    child_ = -1;
    complete = WIFEXITED(status) && WEXITSTATUS(status) == 0;
    return text;
}

}  // namespace vr
