// SPDX-License-Identifier: Apache-2.0
#include "app/sweep/processes.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>

#include "models/base/error.h"

namespace vr {

namespace {

constexpr int kCannotStart = 127;
constexpr int kFirstSignalCode = 128;

volatile sig_atomic_t interrupted = 0;

void note_interrupt(int signal) {
    interrupted = signal;
}

// Takes interrupts while children run, so that nothing of them stays behind.
class InterruptGuard {
  public:
    InterruptGuard() {
        interrupted = 0;
        struct sigaction action {};
        action.sa_handler = note_interrupt;  // without SA_RESTART: waiting ends
        ::sigaction(SIGINT, &action, &interrupt_);
        ::sigaction(SIGTERM, &action, &terminate_);
    }
    ~InterruptGuard() {
        ::sigaction(SIGINT, &interrupt_, nullptr);
        ::sigaction(SIGTERM, &terminate_, nullptr);
    }
    InterruptGuard(const InterruptGuard&) = delete;
    InterruptGuard& operator=(const InterruptGuard&) = delete;

  private:
    struct sigaction interrupt_ {};
    struct sigaction terminate_ {};
};

class ScratchFolder {
  public:
    ScratchFolder() {
        std::string pattern =
            (std::filesystem::temp_directory_path() / "vrsim-sweep-XXXXXX").string();
        if (::mkdtemp(pattern.data()) == nullptr) {
            throw UsageError(
                fmt::format("sweep: cannot make the folder {}: {}; set TMPDIR to one "
                            "that may be written",
                            pattern, std::strerror(errno)));
        }
        path_ = pattern;
    }
    ~ScratchFolder() {
        std::error_code ignored;
        std::filesystem::remove_all(path_, ignored);
    }
    ScratchFolder(const ScratchFolder&) = delete;
    ScratchFolder& operator=(const ScratchFolder&) = delete;
    [[nodiscard]] std::string file(const char* kind, std::size_t number) const {
        return (path_ / fmt::format("{}{}", kind, number)).string();
    }

  private:
    std::filesystem::path path_;
};

std::string text_of(const std::string& file) {
    std::ifstream in(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}

pid_t start(std::vector<std::string> arguments, const std::string& errors) {
    static const std::string program = "/proc/self/exe";
    std::vector<char*> pointers;
    std::string name = "vrsim";
    pointers.push_back(name.data());
    for (std::string& argument : arguments) {
        pointers.push_back(argument.data());
    }
    pointers.push_back(nullptr);
    const pid_t child = ::fork();
    if (child != 0) {
        ensure(child > 0, "fork: {}", std::strerror(errno));
        return child;
    }
    // In the child nothing but system calls.
    const int nothing = ::open("/dev/null", O_RDWR | O_CLOEXEC);
    const int told = ::open(errors.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (nothing >= 0 && told >= 0 && ::dup2(nothing, STDIN_FILENO) >= 0 &&
        ::dup2(nothing, STDOUT_FILENO) >= 0 && ::dup2(told, STDERR_FILENO) >= 0) {
        ::execv(program.c_str(), pointers.data());
    }
    ::_exit(kCannotStart);
}

}  // namespace

void run_children(const std::vector<std::vector<std::string>>& commands, std::size_t jobs,
                  const std::function<void(std::size_t, const ChildResult&)>& done) {
    const ScratchFolder scratch;
    std::map<pid_t, std::size_t> running;
    int signal = 0;
    {
        const InterruptGuard guard;
        std::size_t next = 0;
        while (next < commands.size() || !running.empty()) {
            while (interrupted == 0 && running.size() < jobs && next < commands.size()) {
                std::vector<std::string> arguments = commands[next];
                arguments.insert(arguments.end(), {"--json", scratch.file("report", next)});
                running.emplace(start(std::move(arguments), scratch.file("errors", next)), next);
                ++next;
            }
            if (running.empty()) {
                break;
            }
            int status = 0;
            const pid_t ended = ::waitpid(-1, &status, 0);
            if (ended < 0 && errno == EINTR) {
                for (const auto& [child, number] : running) {
                    ::kill(child, SIGTERM);
                }
                continue;
            }
            const auto found = running.find(ended);
            if (found == running.end()) {
                ensure(ended >= 0, "waitpid: {}", std::strerror(errno));
                continue;
            }
            const std::size_t number = found->second;
            running.erase(found);
            if (interrupted != 0) {
                continue;  // ended by us: no result
            }
            ChildResult result;
            result.exit_code =
                WIFSIGNALED(status) ? kFirstSignalCode + WTERMSIG(status) : WEXITSTATUS(status);
            result.report = text_of(scratch.file("report", number));
            result.errors = text_of(scratch.file("errors", number));
            for (const char* kind : {"report", "errors"}) {
                std::filesystem::remove(scratch.file(kind, number));
            }
            done(number, result);
        }
        signal = interrupted;
    }
    if (signal != 0) {
        throw SweepInterrupted{signal};
    }
}

}  // namespace vr
