// SPDX-License-Identifier: Apache-2.0
// Question: does the hash of a listed state see every member, and nothing that has no meaning?
#include "models/transport/state_hasher.h"

#include <catch2/catch.hpp>
#include <deque>
#include <map>
#include <string>

#include "models/transport/memory_message.h"
#include "models/transport/port.h"
#include "models/transport/register_message.h"
#include "models/transport/remote_message.h"
#include "models/transport/sparse_memory.h"
#include "models/transport/unit.h"
#include "testbenches/transport/toy_core.h"

using namespace vr;

namespace {

struct Inner {
    Time due;
    OperatorIndex who{};
    static constexpr auto state_members() { return vr::state_members(&Inner::due, &Inner::who); }
};

enum class Colour : std::uint8_t { kRed, kBlue };

// One member of every shape.
struct Everything {
    std::int64_t number = 0;
    bool flag = false;
    Colour colour = Colour::kRed;
    float real = 0;
    Inner inner;
    std::array<std::uint32_t, 3> fixed{};
    std::vector<Inner> list = std::vector<Inner>(2);
    std::deque<std::uint16_t> queue = std::deque<std::uint16_t>(2);
    std::vector<bool> flags = std::vector<bool>(3);
    std::vector<std::uint8_t> bytes = std::vector<std::uint8_t>(19);
    std::string text = "text";
    std::map<std::uint32_t, std::int64_t> table = {{1, 2}};
    std::shared_ptr<std::int64_t> owned = std::make_shared<std::int64_t>(6);
    toy::ToyState declared;
    Histogram histogram;
    int notes = 0;  // decides nothing
    static constexpr auto state_members() {
        using E = Everything;
        return vr::state_members(&E::number, &E::flag, &E::colour, &E::real, &E::inner, &E::fixed,
                                 &E::list, &E::queue, &E::flags, &E::bytes, &E::text, &E::table,
                                 &E::owned, &E::declared, &E::histogram, vr::left_out(&E::notes));
    }
};

// Changes the n-th plain value that the lists lead to.
class Change {
  public:
    explicit Change(int n) : left_(n) {}
    template <class T>
    void operator()(T& value) {
        if constexpr (ListedState<T>) {
            visit_members(value, *this);
        } else if constexpr (std::is_same_v<T, bool>) {
            if (left_-- == 0) {
                value = !value;
            }
        } else if constexpr (std::is_enum_v<T>) {
            if (left_-- == 0) {
                value = static_cast<T>(static_cast<int>(value) ^ 1);
            }
        } else if constexpr (std::is_integral_v<T>) {
            if (left_-- == 0) {
                value = static_cast<T>(value + 1);
            }
        } else if constexpr (requires { value.value = {}; }) {
            (*this)(value.value);
        }
    }
    [[nodiscard]] bool done() const { return left_ < 0; }

  private:
    int left_;
};

// Every value of a message shows; returns how many there are.
template <class Message>
int changes_that_show() {
    const std::uint64_t before = state_hash(Message{});
    for (int n = 0;; ++n) {
        Message message{};
        Change change(n);
        change(message);
        if (!change.done()) {
            return n;
        }
        INFO(n);
        CHECK(state_hash(message) != before);
    }
}

template <class Fn>
void shows(const char* what, Fn&& change) {
    Everything state;
    const std::uint64_t before = state_hash(state);
    change(state);
    INFO(what);
    CHECK(state_hash(state) != before);
    CHECK(before == state_hash(Everything{}));
}

}  // namespace

TEST_CASE("a change of any member shows, whatever its shape") {
    shows("number", [](Everything& e) { e.number = 1; });
    shows("flag", [](Everything& e) { e.flag = true; });
    shows("enum", [](Everything& e) { e.colour = Colour::kBlue; });
    shows("float", [](Everything& e) { e.real = -0.0F; });
    shows("nested", [](Everything& e) { e.inner.who.value = 1; });
    shows("array", [](Everything& e) { e.fixed[2] = 1; });
    shows("vector", [](Everything& e) { e.list[1].due = Time{1}; });
    shows("size", [](Everything& e) { e.list.emplace_back(); });
    shows("deque", [](Everything& e) { e.queue[1] = 1; });
    shows("bits", [](Everything& e) { e.flags[2] = true; });
    shows("last byte", [](Everything& e) { e.bytes[18] = 1; });
    shows("one more byte", [](Everything& e) { e.bytes.push_back(0); });
    shows("text", [](Everything& e) { e.text = "texs"; });
    shows("key", [](Everything& e) { e.table = {{2, 2}}; });
    shows("value", [](Everything& e) { e.table[1] = 3; });
    shows("absent", [](Everything& e) { e.owned.reset(); });
    shows("owned", [](Everything& e) { *e.owned = 7; });
    shows("declared", [](Everything& e) { e.declared.banks[1].row = 9; });
    shows("declared statistic", [](Everything& e) { e.declared.served = 1; });
    shows("histogram", [](Everything& e) { e.histogram.record(3); });
    CHECK(state_hash(std::optional<int>(0)) != state_hash(std::optional<int>()));
    CHECK(state_hash(std::optional<int>(0)) != state_hash(std::optional<int>(1)));
    Everything noted;
    noted.notes = 1;
    CHECK(state_hash(noted) == state_hash(Everything{}));
}

TEST_CASE("every value of every message between units shows") {
    CHECK(changes_that_show<MemoryRequest>() == 4);
    CHECK(changes_that_show<MemoryResponse>() == 2);
    CHECK(changes_that_show<RemoteMessage>() == 6);
    CHECK(changes_that_show<RemoteFree>() == 2);
    CHECK(changes_that_show<RegisterRequest>() == 4);
    CHECK(changes_that_show<RegisterAnswer>() == 2);
    CHECK(changes_that_show<InterruptLevel>() == 1);
    RemoteMessage with_data;
    with_data.data = std::make_shared<const std::vector<std::uint8_t>>(3, std::uint8_t{1});
    CHECK(state_hash(with_data) != state_hash(RemoteMessage{}));
}

TEST_CASE("a cause counts with its end, not with its owners") {
    Attribution attribution;
    const OwnerId one = attribution.owner("one", "one");
    const OwnerId two = attribution.owner("two", "two");
    const auto request = [&](OwnerId owner, std::int64_t until) {
        RemoteFree out;
        out.cause = attribution.extend(CauseTrail{}, owner, Time{until});
        return state_hash(out);
    };
    CHECK(request(one, 5) == request(two, 5));
    CHECK(request(one, 5) != request(one, 6));
}

TEST_CASE("waiting messages count in their order, wherever they lie in the queue") {
    const auto message = [](std::int64_t at, std::uint32_t tag) {
        MemoryRequest request;
        request.tag = tag;
        return Stamped<MemoryRequest>{Time{at}, 1, tag, request};
    };
    InPort<MemoryRequest> a;
    InPort<MemoryRequest> b;
    CHECK(state_hash(a) == state_hash(b));
    // In the bucket in hand, in the ring, beyond it.
    a.deliver(message(5, 0));
    a.deliver(message(700'000'000, 1));
    a.deliver(message(900'000'000'000, 2));
    const std::uint64_t all = state_hash(a);
    for (std::uint32_t tag = 9; tag > 6; --tag) {  // others have come and gone
        b.deliver(message(1, tag));
        b.pop();
    }
    b.deliver(message(900'000'000'000, 2));
    b.deliver(message(700'000'000, 1));
    CHECK(state_hash(b) != all);
    b.deliver(message(5, 0));
    CHECK(state_hash(b) == all);
    a.pop();
    CHECK(state_hash(a) != all);
    OutPort<MemoryRequest> out;
    const std::uint64_t unsent = state_hash(out);
    InPort<MemoryRequest> receiver;
    out.bind(receiver, 1, Time{1});
    CHECK(state_hash(out) == unsent);
    out.send(Time{1}, {});
    CHECK(state_hash(out) != unsent);  // its next message has another number
}

TEST_CASE("contents count, pages do not") {
    SparseMemory a;
    SparseMemory b;
    const std::uint64_t nothing = state_hash(a);
    const std::vector<std::uint8_t> zeros(100);
    a.write(0, zeros);
    CHECK(state_hash(a) == nothing);
    const std::vector<std::uint8_t> some = {1, 2, 3};
    a.write(5 * SparseMemory::kPageBytes, some);
    a.write(SparseMemory::kPageBytes - 1, some);
    b.write(SparseMemory::kPageBytes - 1, some);
    b.write(5 * SparseMemory::kPageBytes, some);
    CHECK(state_hash(a) == state_hash(b));
    CHECK(state_hash(a) != nothing);
    a.flip_bit(5 * SparseMemory::kPageBytes + 1000, 7);
    CHECK(state_hash(a) != state_hash(b));
}

TEST_CASE("a unit without state has no line") {
    struct Idle final : Unit {
        Idle() : Unit("idle") {}
        [[nodiscard]] Time next() const override { return kNever; }
        void run(Time) override {}
        [[nodiscard]] Time look_ahead() const override { return kNever; }
    } idle;
    std::vector<StateHash> hashes;
    idle.state_hashes(Time{}, hashes);
    CHECK(hashes.empty());
}
