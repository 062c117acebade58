// SPDX-License-Identifier: Apache-2.0
#include "testbenches/launcher/fake_tree.h"

#include <stdexcept>

namespace vr::test {

namespace fs = std::filesystem;

namespace {

// Every stand-in starts by writing down its call.
constexpr const char* kRecord = "#!/bin/sh\nprintf '%s\\n' \"${0##*/} $*\" >>\"$STATE/calls\"\n";

constexpr const char* kDpkgQuery = R"sh(#!/bin/sh
shift 3  # -W -f FORMAT
for name in "$@"; do
    if grep -Fqx "$name" "$STATE/installed"; then echo "$name installed"; else echo "no $name" >&2; fi
done
)sh";

constexpr const char* kAptGet = R"sh(
[ -e "$STATE/apt.broken" ] && { echo "E: Unable to locate package"; exit 100; }
for word in "$@"; do
    [ "${go:-}" = 1 ] && echo "$word" >>"$STATE/installed"
    [ "$word" = install ] && go=1
done
exit 0
)sh";

constexpr const char* kSudo = R"sh(
while :; do case $1 in -n | env | *=*) shift ;; *) break ;; esac; done
exec "$@"
)sh";

// --preset makes the build folder, --build makes the program; the program shows what it was given.
constexpr const char* kCmake = R"sh(
[ "$1" = --fresh ] && shift
if [ "$1" = --preset ]; then
    mkdir -p "build/$2"
    : >"build/$2/build.ninja"
    echo "CMAKE_HOME_DIRECTORY:INTERNAL=$(pwd -P)" >"build/$2/CMakeCache.txt"
    exit 0
fi
if [ "$1" = -C ]; then
    [ -e "$STATE/configuration.broken" ] && { echo "CMake Error at $STATE/mine/CMakeLists.txt:7 (no_such):"; exit 1; }
    mkdir -p "$8"
    : >"$8/build.ninja"
    echo "CMAKE_HOME_DIRECTORY:INTERNAL=$6" >"$8/CMakeCache.txt"
    exit 0
fi
for n in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do echo "[$n/20] Building file$n.o"; done
case $2 in
    */with/*) broken=added ;;
    *) broken=build ;;
esac
if [ -e "$STATE/$broken.broken" ]; then
    echo "FAILED: file21.o"
    echo "models/x.cpp:3:1: error: expected ';'"
    exit 1
fi
mkdir -p "$2/app"
cat >"$2/app/vrsim" <<'END'
#!/bin/sh
echo "in $(pwd -P), home $VRSIM_HOME"
for word in "$@"; do echo "[$word]"; done
exit "${PROGRAM_EXIT:-0}"
END
chmod +x "$2/app/vrsim"
)sh";

constexpr const char* kCtest = R"sh(
echo "100% tests passed, 0 tests failed out of 3"
exit "${CTEST_EXIT:-0}"
)sh";

// What the launcher and the stand-ins use of a plain system.
constexpr const char* kPlainTools[] = {
    "sh",    "cat", "chmod", "dirname", "env", "find",  "flock",    "getconf", "grep", "head",
    "mkdir", "mv",  "rm",    "sed",     "tr",  "touch", "readlink", "sleep",   "cksum"};

fs::path find_tool(const std::string& name) {
    for (const char* folder : {"/usr/bin", "/bin", "/usr/local/bin"}) {
        if (fs::exists(fs::path(folder) / name)) {
            return fs::path(folder) / name;
        }
    }
    throw std::runtime_error("the launcher tests need the tool " + name);
}

}  // namespace

FakeTree::FakeTree() {
    write_program(root() / "vrsim", read_text(fs::path(VRSIM_SOURCE_DIR) / "vrsim"));
    write_text(root() / "cmake/packages.txt",
               "# a comment\n\nalpha\nbeta # used by x\ngamma @debug\n");
    for (const char* file : {"CMakeLists.txt", "CMakePresets.json", "models/base/a.h", "tlm/a.h",
                             "traces/a.h", "app/a.cpp"}) {
        write_text(root() / file, "\n");
    }
    write_text(state() / "installed", "");
    write_text(state() / "calls", "");
    write_program(tools() / "dpkg-query", kDpkgQuery);
    write_program(tools() / "apt-get", kRecord + std::string(kAptGet));
    write_program(tools() / "sudo", kRecord + std::string(kSudo));
    write_program(tools() / "cmake", kRecord + std::string(kCmake));
    write_program(tools() / "ctest", kRecord + std::string(kCtest));
    become(0);
    for (const char* tool : kPlainTools) {
        fs::create_symlink(find_tool(tool), tools() / tool);
    }
}

void FakeTree::install(const std::string& packages) {
    std::string lines = packages + "\n";
    for (char& c : lines) {
        c = c == ' ' ? '\n' : c;
    }
    write_text(state() / "installed", lines);
}

void FakeTree::become(int user) {
    write_program(tools() / "id", "#!/bin/sh\necho " + std::to_string(user) + "\n");
}

void FakeTree::break_part(const std::string& part) {
    write_text(state() / (part + ".broken"), "");
}

void FakeTree::remove_tool(const std::string& tool) {
    fs::remove(tools() / tool);
}

std::string FakeTree::call(const std::string& arguments, const std::string& environment) const {
    return "env -i PATH=" + quoted(tools().string()) + " STATE=" + quoted(state().string()) +
           " TERM=dumb " + environment + " " + quoted((root() / "vrsim").string()) + " " +
           arguments;
}

CommandResult FakeTree::run(const std::string& arguments, const std::string& environment) const {
    return run_command("cd " + quoted(state().string()) + " && " + call(arguments, environment));
}

std::string FakeTree::calls() const {
    return read_text(state() / "calls");
}

void FakeTree::forget_calls() {
    write_text(state() / "calls", "");
}

}  // namespace vr::test
