// SPDX-License-Identifier: Apache-2.0
// Question: does HBM4 behind a TLM-2.0 socket answer at the core's own times, keep contents, and
// obey the protocols, at any resolution?
#include "models/hbm4/hbm4_module.h"

#include <catch2/catch.hpp>

#include "models/base/random.h"
#include "testbenches/hbm4/test_config.h"
#include "testbenches/support/fresh_simulation.h"
#include "testbenches/tlm/support/bulk_driver.h"
#include "testbenches/tlm/support/plain_initiator.h"
#include "tlm/checkers/base_protocol_checker.h"
#include "tlm/checkers/bulk_checker.h"

using namespace vr;

namespace {

/// What the core says of the same requests, all arriving at once.
class CoreAlone final : public PortSink<MemoryResponse> {
  public:
    std::vector<Time> answers;
    CoreAlone(const Hbm4Config& config, const std::vector<MemoryRequest>& requests)
        : answers(requests.size()), core_("core", config, attribution_, nullptr) {
        core_.responses_out.bind_sink(*this, 0, Time{1});
        for (std::uint32_t i = 0; i < requests.size(); ++i) {
            MemoryRequest request = requests[i];
            request.tag = i;
            core_.requests_in.deliver({Time{}, 0, i, std::move(request)});
        }
        core_.run(kNever);
    }
    void deliver(Stamped<MemoryResponse>&& stamped) override {
        answers[stamped.message.tag] = stamped.arrival - Time{1};
    }

  private:
    Attribution attribution_;
    Hbm4 core_;
};

/// A plain initiator, a checker, the memory.
struct Bench {
    foreign::PlainInitiator initiator{"initiator"};
    BaseProtocolChecker checker{"checker"};
    Hbm4Module memory;

    explicit Bench(const Hbm4Config& config) : memory("memory", config) {
        initiator.socket.bind(checker.in);
        checker.out.bind(memory.in);
    }
    void run() {
        sc_core::sc_start();
        checker.finish();
        CHECK(memory.idle());
        CHECK(initiator.pool.outstanding() == 0);
    }
};

}  // namespace

TEST_CASE(
    "accesses through the socket end when the core alone says, rounded up to the resolution") {
    const Hbm4Config config = testing::small_hbm4();
    std::vector<MemoryRequest> requests;
    for (std::uint64_t i = 0; i < 60; ++i) {
        MemoryRequest request;
        request.address = mix64(i) % (1 << 24) / 64 * 64;
        request.bytes = 64;
        request.write = i % 3 == 0;
        requests.push_back(request);
    }
    const std::vector<Time> expected = CoreAlone(config, requests).answers;
    for (const sc_core::sc_time_unit resolution :
         {sc_core::SC_FS, sc_core::SC_PS, sc_core::SC_NS}) {
        const FreshSimulation fresh(resolution);
        Bench bench(config);
        for (const MemoryRequest& request : requests) {
            bench.initiator.accesses.push_back(
                {request.write ? tlm::TLM_WRITE_COMMAND : tlm::TLM_READ_COMMAND,
                 request.address,
                 std::vector<unsigned char>(request.bytes),
                 {},
                 {},
                 {}});
        }
        bench.run();
        const TimeScale scale;
        for (std::size_t i = 0; i < requests.size(); ++i) {
            INFO(i << " at resolution " << scale.tick().value);
            CHECK(bench.initiator.accesses[i].status == tlm::TLM_OK_RESPONSE);
            CHECK(bench.initiator.accesses[i].accepted == sc_core::SC_ZERO_TIME);
            CHECK(bench.initiator.accesses[i].done == scale.up(expected[i]));
        }
        CHECK(bench.memory.core().bytes_moved() == 60 * 64);
    }
}

TEST_CASE_METHOD(FreshPicosecondSimulation, "what was written is read back, whatever its place") {
    Bench bench(testing::small_hbm4());
    const RandomStream random(1, "places", 0);
    for (std::size_t i = 0; i < 200; ++i) {
        const std::uint64_t value = random.at(i);
        foreign::PlainAccess access;
        const bool read = i % 2 == 1;
        auto& all = bench.initiator.accesses;
        access.command = read ? tlm::TLM_READ_COMMAND : tlm::TLM_WRITE_COMMAND;
        access.address = read ? all[i - 1].address : value % 1'000'000;
        access.data.assign(read ? all[i - 1].data.size() : 1 + (value >> 32) % 700, 0);
        for (std::size_t k = 0; !read && k < access.data.size(); ++k) {
            access.data[k] = static_cast<unsigned char>(mix64(value + k));
        }
        all.push_back(std::move(access));
    }
    bench.run();
    for (std::size_t i = 1; i < 200; i += 2) {
        CHECK((bench.initiator.accesses[i].data == bench.initiator.accesses[i - 1].data));
        CHECK(bench.initiator.accesses[i].done > sc_core::SC_ZERO_TIME);
    }
}

TEST_CASE_METHOD(FreshSimulation, "an address beyond the memory is an address error") {
    const Hbm4Config config = testing::small_hbm4();
    Bench bench(config);
    const auto end = static_cast<std::uint64_t>(config.capacity().value);
    for (const std::uint64_t address : {end - 4, end, ~std::uint64_t{0} - 8, end - 8}) {
        bench.initiator.accesses.push_back(
            {tlm::TLM_READ_COMMAND, address, std::vector<unsigned char>(8), {}, {}, {}});
    }
    bench.run();
    for (std::size_t i = 0; i < 3; ++i) {
        CHECK(bench.initiator.accesses[i].status == tlm::TLM_ADDRESS_ERROR_RESPONSE);
    }
    CHECK(bench.initiator.accesses[3].status == tlm::TLM_OK_RESPONSE);
}

namespace {

/// A loosely timed program: one access after another.
struct Program : sc_core::sc_module {
    tlm_utils::simple_initiator_socket<Program> out{"out"};
    std::vector<sc_core::sc_time> ends;
    std::vector<unsigned char> seen;

    explicit Program(const sc_core::sc_module_name& name) : sc_core::sc_module(name) {
        SC_HAS_PROCESS(Program);
        SC_THREAD(main);
    }
    void access(tlm::tlm_command command, unsigned char* data) {
        tlm::tlm_generic_payload payload;
        payload.set_command(command);
        payload.set_address(4096);
        payload.set_data_ptr(data);
        payload.set_data_length(64);
        payload.set_streaming_width(64);
        sc_core::sc_time delay;
        out->b_transport(payload, delay);
        sc_core::wait(delay);
        CHECK(payload.is_response_ok());
        ends.push_back(sc_core::sc_time_stamp());
    }
    void main() {
        std::vector<unsigned char> data(64, 7);
        access(tlm::TLM_WRITE_COMMAND, data.data());
        seen.assign(64, 0);
        access(tlm::TLM_READ_COMMAND, seen.data());
        tlm::tlm_generic_payload debug;
        debug.set_command(tlm::TLM_WRITE_COMMAND);
        debug.set_address(4100);
        unsigned char nine = 9;
        debug.set_data_ptr(&nine);
        debug.set_data_length(1);
        debug.set_streaming_width(1);
        CHECK(out->transport_dbg(debug) == 1);
    }
};

}  // namespace

TEST_CASE_METHOD(FreshPicosecondSimulation,
                 "blocking calls take the core's time, debug calls none") {
    Program program("program");
    BaseProtocolChecker checker("checker");
    Hbm4Module memory("memory", testing::small_hbm4());
    program.out.bind(checker.in);
    checker.out.bind(memory.in);
    sc_core::sc_start();
    MemoryRequest first;
    first.address = 4096;
    first.bytes = 64;
    first.write = true;
    const TimeScale scale;
    REQUIRE(program.ends.size() == 2);
    CHECK(program.ends[0] == scale.up(CoreAlone(testing::small_hbm4(), {first}).answers[0]));
    CHECK(program.ends[1] > program.ends[0]);
    CHECK(program.seen == std::vector<unsigned char>(64, 7));
    unsigned char byte = 0;
    memory.contents().read(4100, {&byte, 1});
    CHECK(byte == 9);
    CHECK(memory.idle());
}

TEST_CASE_METHOD(FreshPicosecondSimulation,
                 "bulk descriptors stride, wait for each other, and keep credits") {
    BulkDriver driver("driver");
    BulkChecker checker("checker");
    Hbm4BulkModule memory("memory", testing::small_hbm4(), {8, 8});
    driver.out.bind(checker.in);
    checker.out.bind(memory.in);
    Descriptor write;
    write.id = 1;
    write.base = 1024;
    write.bytes = 96;
    write.dimensions[0] = {50, 400};
    write.direction = Direction::kWrite;
    write.credit_group = 1;
    write.credit_bytes = 5000;
    std::vector<unsigned char> data(50 * 96);
    for (std::size_t i = 0; i < data.size(); ++i) {
        data[i] = static_cast<unsigned char>(mix64(i));
    }
    Descriptor read = write;
    read.id = 2;
    read.direction = Direction::kRead;
    read.predecessors = {1};
    Descriptor reduce = write;
    reduce.id = 3;
    reduce.direction = Direction::kReduce;
    driver.submit(write, data);
    driver.submit(read, std::vector<unsigned char>(data.size()));
    driver.submit(reduce, {});
    sc_core::sc_start();
    checker.finish();
    CHECK(driver.done());
    CHECK(memory.idle());
    CHECK((driver.results[1].data == data));
    CHECK(driver.results[1].completions.front().at >= driver.results[0].completions.back().at);
    CHECK(driver.results[1].accepted == driver.results[0].end);  // the credits of the write
    CHECK(driver.results[2].status == BulkStatus::kCommandError);
    CHECK(driver.results[0].completions.size() == 50);
}

TEST_CASE_METHOD(FreshSimulation,
                 "a stream through the socket reaches the bandwidth of the channel") {
    const Hbm4Config config = testing::small_hbm4();
    BulkDriver driver("driver");
    Hbm4BulkModule memory("memory", config);
    driver.out.bind(memory.in);
    Descriptor read;
    read.id = 1;
    read.bytes = 256;
    read.dimensions[0] = {4000, 256};
    driver.submit(read, {});
    sc_core::sc_start();
    const Time end = driver.results[0].response.last();
    const double achieved = 4000.0 * 256.0 * 1e15 / static_cast<double>(end.value);
    CHECK(achieved > 0.9 * static_cast<double>(config.peak_bandwidth().value));
    CHECK(achieved <= static_cast<double>(config.peak_bandwidth().value));
}

TEST_CASE_METHOD(FreshSimulation, "a memory that cannot be built is refused with its keys") {
    Hbm4Config config = testing::small_hbm4();
    config.write_low = config.write_high;
    CHECK_THROWS_WITH(Hbm4Module("memory", config), Catch::Matchers::Contains("hbm4.write"));
    Hbm4Config rtl = testing::small_hbm4();
    rtl.impl = "both";
    CHECK_THROWS_WITH(Hbm4Module("other", rtl), Catch::Matchers::Contains("allowed: model"));
}
