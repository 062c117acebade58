// SPDX-License-Identifier: Apache-2.0
// Question: do bulk descriptors reach a plain TLM-2.0 memory with the right data, at the times that
// a formula gives, at any resolution, with no rule of either protocol broken?
#include "tlm/adapters/bulk_to_base_protocol.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <functional>

#include "models/base/random.h"
#include "testbenches/support/fresh_simulation.h"
#include "testbenches/tlm/support/bulk_driver.h"
#include "testbenches/tlm/support/plain_memory.h"
#include "tlm/checkers/base_protocol_checker.h"
#include "tlm/checkers/bulk_checker.h"
#include "tlm/recorders/transaction_recorder.h"

using namespace vr;

namespace {

using Bytes_ = std::vector<unsigned char>;
constexpr std::size_t kMemory = 1 << 16;

Bytes_ pattern(std::size_t size, unsigned seed) {
    Bytes_ bytes(size);
    for (std::size_t i = 0; i < size; ++i) {
        bytes[i] = static_cast<unsigned char>(mix64(seed + i) & 0xff);
    }
    return bytes;
}

/// Driver, recorder, checker, adapter, checker, foreign memory.
struct Bench {
    EventRecord record;
    BulkDriver driver{"driver"};
    TransactionRecorder<BulkTypes> recorder{"recorder", &record};
    BulkChecker bulk_checker{"bulk_checker"};
    BulkToBaseProtocol adapter;
    BaseProtocolChecker base_checker{"base_checker"};
    foreign::PlainMemory memory;

    explicit Bench(BulkToBaseProtocolConfig config = {}, foreign::MemoryTiming timing = {})
        : adapter("adapter", config), memory("memory", kMemory, timing) {
        driver.out.bind(recorder.in);
        recorder.out.bind(bulk_checker.in);
        bulk_checker.out.bind(adapter.in);
        adapter.out.bind(base_checker.in);
        base_checker.out.bind(memory.socket);
        memory.bytes = pattern(kMemory, 1);
    }
    void run() {
        sc_core::sc_start();
        bulk_checker.finish();
        base_checker.finish();
        CHECK(driver.done());
        CHECK(adapter.idle());
        CHECK(recorder.open() == 0);
    }
};

/// 3 x 5 items of 200 B that start 8 B past a burst boundary: most items take four bursts.
Descriptor strided(std::uint64_t id, Direction direction) {
    Descriptor descriptor;
    descriptor.id = id;
    descriptor.base = 0x108;
    descriptor.bytes = 200;
    descriptor.dimensions[0] = {5, 1024};
    descriptor.dimensions[1] = {3, 256};
    descriptor.direction = direction;
    return descriptor;
}

Descriptor gather(std::uint64_t id) {
    Descriptor descriptor;
    descriptor.id = id;
    descriptor.base = 0x1000;
    descriptor.bytes = 128;
    descriptor.dimensions[0] = {6, 512};
    descriptor.indexed = 0;
    descriptor.index = std::make_shared<IndexList>(IndexList{7, 0, 3, 3, 11, 1});
    return descriptor;
}

/// What a descriptor's bytes are in `memory`, by the definition of a descriptor.
Bytes_ expected_read(const Bytes_& memory, const Descriptor& descriptor) {
    Bytes_ out;
    for (std::uint64_t item = 0; item < descriptor.items(); ++item) {
        for (std::uint64_t i = 0; i < descriptor.bytes; ++i) {
            out.push_back(memory[descriptor.address(item) + i]);
        }
    }
    return out;
}

struct Outcome {
    std::vector<std::vector<Completion>> completions;
    std::vector<Bytes_> data;
    Bytes_ memory;
    bool operator==(const Outcome&) const = default;
};

Outcome run_mixed(sc_core::sc_time_unit resolution, double odd_block_ns) {
    const FreshSimulation fresh(resolution);
    foreign::MemoryTiming timing{1, 20, odd_block_ns};
    Bench bench({64, 6}, timing);
    bench.driver.submit(strided(1, Direction::kWrite), pattern(3000, 77));
    Descriptor after = strided(2, Direction::kRead);
    after.predecessors = {1};
    bench.driver.submit(after, Bytes_(3000));
    bench.driver.submit(gather(3), Bytes_(768));
    bench.run();
    Outcome outcome;
    for (const BulkResult& result : bench.driver.results) {
        CHECK(result.status == BulkStatus::kOk);
        CHECK(result.completions == result.response.expand());
        outcome.completions.push_back(result.completions);
        outcome.data.push_back(result.data);
    }
    CHECK(bench.adapter.most_under_way() == 6);
    CHECK(bench.memory.largest_in_flight == 6);
    CHECK((outcome.data[1] == pattern(3000, 77)));
    CHECK((outcome.data[2] == expected_read(bench.memory.bytes, gather(3))));
    CHECK((outcome.data[2] != Bytes_(768)));
    CHECK(bench.record.size() > 3 * 15);
    outcome.memory = bench.memory.bytes;
    return outcome;
}

}  // namespace

TEST_CASE("write, dependent read and gather carry the right data at 1 fs and at 1 ps alike") {
    const double odd_block_ns = GENERATE(0.0, 15.0);
    const Outcome fine = run_mixed(sc_core::SC_FS, odd_block_ns);
    Bytes_ expected = pattern(kMemory, 1);
    const Descriptor descriptor = strided(1, Direction::kWrite);
    const Bytes_ written = pattern(3000, 77);
    for (std::uint64_t i = 0; i < 3000; ++i) {
        expected[descriptor.address(i / 200) + i % 200] = written[i];
    }
    CHECK((fine.memory == expected));
    CHECK((fine == run_mixed(sc_core::SC_PS, odd_block_ns)));
}

TEST_CASE_METHOD(FreshSimulation, "completions come when the memory's timing says") {
    // 16 items of one burst, 4 under way. Requests take 1 ns each, a response comes 20 ns after its
    // END_REQ, and frees the place of the next request: item k of a wave completes at 21 + k, the
    // next wave 21 ns later.
    Bench bench({64, 4}, {1, 20, 0});
    Descriptor descriptor;
    descriptor.bytes = 64;
    descriptor.dimensions[0] = {16, 64};
    bench.driver.submit(descriptor, Bytes_(1024));
    bench.run();
    const BulkResult& result = bench.driver.results[0];
    REQUIRE(result.completions.size() == 16);
    for (std::int64_t k = 0; k < 16; ++k) {
        CHECK(result.completions[static_cast<std::size_t>(k)] ==
              Completion{nanoseconds(21 + 21 * (k / 4) + k % 4), static_cast<std::uint64_t>(k)});
    }
    CHECK(result.segments == 16);                  // told one by one, as they happen,
    CHECK(result.response.segments().size() < 8);  // and gathered into runs
    CHECK(result.end == nanoseconds(87));
    CHECK(bench.adapter.bursts() == 16);
}

TEST_CASE_METHOD(FreshSimulation, "pacing holds items back") {
    Bench bench({64, 4}, {1, 20, 0});
    Descriptor descriptor;
    descriptor.bytes = 64;
    descriptor.dimensions[0] = {8, 64};
    descriptor.pacing = {40 * kFemtosecondsPerNanosecond, 1};
    bench.driver.submit(descriptor, {});
    bench.run();
    CHECK(bench.driver.results[0].completions.back() == Completion{nanoseconds(7 * 40 + 21), 7});
}

TEST_CASE_METHOD(FreshSimulation, "credits hold the second descriptor back until the first ended") {
    Bench bench({64, 8}, {1, 20, 0});
    for (std::uint64_t id = 1; id <= 3; ++id) {
        Descriptor descriptor;
        descriptor.id = id;
        descriptor.bytes = 256;
        descriptor.credit_group = id == 3 ? 2 : 1;
        descriptor.credit_bytes = 300;
        bench.driver.submit(descriptor, Bytes_(256));
    }
    bench.run();
    const auto& results = bench.driver.results;
    CHECK(results[0].accepted == Time{});
    CHECK(results[0].end == nanoseconds(24));
    CHECK(results[1].accepted == results[0].end);
    CHECK(results[2].begin == results[1].accepted);     // the third stands behind the second
    CHECK(results[2].accepted == results[1].accepted);  // but has credits of its own
}

TEST_CASE_METHOD(FreshSimulation, "a descriptor waits for its predecessor") {
    Bench bench({64, 8}, {1, 20, 100});
    Descriptor slow;
    slow.id = 1;
    slow.base = 0x100;  // bit 8: 100 ns more
    slow.bytes = 64;
    Descriptor quick;
    quick.id = 2;
    quick.bytes = 64;
    quick.predecessors = {1};
    Descriptor free_one = quick;
    free_one.id = 3;
    free_one.predecessors = {};
    bench.driver.submit(slow, {});
    bench.driver.submit(quick, {});
    bench.driver.submit(free_one, {});
    bench.run();
    CHECK(bench.driver.results[0].completions[0].at == nanoseconds(121));
    CHECK(bench.driver.results[1].completions[0].at == nanoseconds(121 + 21));
    CHECK(bench.driver.results[2].completions[0].at == nanoseconds(121 + 22));  // in order
}

TEST_CASE_METHOD(FreshSimulation, "a timing-only write leaves the memory alone") {
    Bench bench;
    const Bytes_ before = bench.memory.bytes;
    bench.driver.submit(strided(1, Direction::kWrite), {});
    bench.run();
    CHECK(bench.driver.results[0].completions.size() == 15);
    CHECK((bench.memory.bytes == before));
}

TEST_CASE_METHOD(FreshSimulation, "failures are told and leave nothing behind") {
    Bench bench;
    Descriptor outside = strided(1, Direction::kRead);
    outside.dimensions[0] = {5, 30000};  // the third column is past the end
    bench.driver.submit(outside, Bytes_(3000));
    bench.driver.submit(strided(2, Direction::kReduce), Bytes_(3000));
    bench.driver.submit(gather(3), Bytes_(768));
    bench.run();
    const auto& results = bench.driver.results;
    CHECK(results[0].status == BulkStatus::kAddressError);
    CHECK(results[0].completions.size() >= 1);
    CHECK(results[0].completions.size() < 15);
    CHECK(results[1].status == BulkStatus::kCommandError);
    CHECK(results[1].completions.empty());
    CHECK(results[2].status == BulkStatus::kOk);
}

TEST_CASE_METHOD(FreshSimulation,
                 "bulk to plain: b_transport and transport_dbg give the same data") {
    Bench bench({64, 4}, {1, 20, 0});
    sc_core::sc_start(sc_core::SC_ZERO_TIME);
    BulkResult write{strided(1, Direction::kWrite), pattern(3000, 5), {}, {}, {}, {}, 0, {}, {}};
    BulkTransaction& transaction = bench.driver.transaction_of(write);
    sc_core::sc_time delay(3, sc_core::SC_NS);
    bench.driver.out->b_transport(transaction, delay);
    CHECK(transaction.status == BulkStatus::kOk);
    CHECK(transaction.response.count() == 15);
    const auto bursts = static_cast<std::int64_t>(bench.adapter.bursts());
    CHECK(delay == sc_core::sc_time(3 + 21.0 * static_cast<double>(bursts), sc_core::SC_NS));
    CHECK(transaction.response.last() == nanoseconds(3 + 21 * bursts));
    transaction.release();
    BulkResult read{strided(2, Direction::kRead), Bytes_(3000), {}, {}, {}, {}, 0, {}, {}};
    BulkTransaction& debug = bench.driver.transaction_of(read);
    CHECK(bench.driver.out->transport_dbg(debug) == 3000);
    CHECK((read.data == write.data));
    debug.descriptor.direction = Direction::kWrite;
    const Bytes_ other = pattern(3000, 6);
    std::copy(other.begin(), other.end(), read.data.begin());
    CHECK(bench.driver.out->transport_dbg(debug) == 3000);
    CHECK((expected_read(bench.memory.bytes, strided(1, Direction::kRead)) == pattern(3000, 6)));
    debug.descriptor.base = kMemory - 100;
    CHECK(bench.driver.out->transport_dbg(debug) == 100);  // up to the end of memory
    debug.release();
    CHECK(sc_core::sc_time_stamp() == sc_core::SC_ZERO_TIME);
    CHECK(bench.adapter.idle());
}

TEST_CASE_METHOD(FreshSimulation, "bursts that are no power of two are refused") {
    REQUIRE_THROWS_WITH(BulkToBaseProtocol("adapter", {48, 1}), Catch::Contains("power of two"));
}
