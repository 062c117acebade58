// SPDX-License-Identifier: Apache-2.0
#include "models/gpu/gpu_module.h"

namespace vr {

namespace {
// Ports inside a GPU are numbered from 0; signals between GPUs come after all of them.
constexpr std::uint32_t kFirstSignalPort = 1U << 20;
// A region without links runs ahead in strides of this length: it only sets how often SystemC is
// entered.
constexpr Time kStride = nanoseconds(1000);
}  // namespace

// Two sockets bound to each other. Sockets are made inside a module, and GPUs are joined when
// theirs are complete.
struct GpuModule::SignalLink final : sc_core::sc_module {
    explicit SignalLink(const sc_core::sc_module_name& name) : sc_module(name) { out.bind(in); }
    MessageOut<OperatorSignal> out{"out"};
    MessageIn<OperatorSignal> in{"in"};
};

void GpuModule::join_one_way(GpuModule& from, GpuModule& to, GpuIndex to_index,
                             std::uint32_t port_number) {
    auto link = std::make_unique<SignalLink>(("signal" + std::to_string(port_number)).c_str());
    const Time latency = from.gpu_.signal_latency();
    to.connect_signals(link->in, latency);
    from.gpu_.front_end().signals_out[to_index].bind_sink(link->out, port_number, latency);
    from.signals_.push_back(std::move(link));
}

void GpuModule::join(GpuModule& a, GpuIndex a_index, GpuModule& b, GpuIndex b_index) {
    const std::uint32_t pair = kFirstSignalPort + 2 * (a_index.value * 64 + b_index.value);
    join_one_way(a, b, b_index, pair);
    join_one_way(b, a, a_index, pair + 1);
}

// The way to a memory outside and back.
struct GpuRegionModule::OutsideMemory final : sc_core::sc_module {
    OutsideMemory(const sc_core::sc_module_name& name, Attribution& attribution, Gpu& gpu)
        : sc_module(name), adapter("adapter", attribution, gpu.contents()) {
        out.bind(in);
    }
    MemoryToBaseProtocol adapter;
    MessageOut<MemoryResponse> out{"out"};
    MessageIn<MemoryResponse> in{"in"};
    InPort<MemoryResponse>* responses = nullptr;  // of the unit that asks
};

GpuRegionModule::GpuRegionModule(const sc_core::sc_module_name& name, Gpu& gpu,
                                 Attribution* outside)
    : GpuModule(name, gpu) {
    for (Unit* unit : gpu.units()) {
        region_.add(*unit);
    }
    if (outside != nullptr) {
        outside_ = std::make_unique<OutsideMemory>("outside_memory", *outside, gpu);
    }
    Time look_ahead = std::min({kStride, gpu.signal_latency(), gpu.host_latency()});
    std::uint32_t number = 0;
    gpu.wire([&]<class Message>(const std::string&, OutPort<Message>& out, std::uint32_t,
                                InPort<Message>& in, std::uint32_t receiver, Time latency) {
        if constexpr (std::is_same_v<Message, MemoryRequest>) {
            if (outside_ != nullptr) {
                out.bind_sink(outside_->adapter, number++, latency);
                return;
            }
        }
        if constexpr (std::is_same_v<Message, MemoryResponse>) {
            if (outside_ != nullptr) {
                outside_->adapter.responses_out.bind_sink(outside_->out, number++, latency);
                outside_->responses = &in;
                look_ahead = std::min(look_ahead, latency);
                return;
            }
        }
        in.attach(region_, receiver);
        out.bind(in, number++, latency);
    });
    gpu.front_end().signals_in.attach(region_, Gpu::kFrontEnd);
    module_ = std::make_unique<RegionModule>("region", region_, look_ahead);
    if (outside_ != nullptr) {
        module_->connect(outside_->in, *outside_->responses, Gpu::kL2,
                         outside_->adapter.responses_out.latency());
    }
}

GpuRegionModule::~GpuRegionModule() = default;

tlm::tlm_initiator_socket<>& GpuRegionModule::memory_out() {
    ensure(outside_ != nullptr,
           "{}: this GPU has its own memory; give its "
           "attribution to the constructor",
           name());
    return outside_->adapter.out;
}

void GpuRegionModule::connect_frames(MessageIn<C2cFrame>& socket, Time latency) {
    module_->connect(socket, gpu_.c2c()->frames_in, gpu_.c2c_number(), latency);
}

void GpuRegionModule::connect_signals(MessageIn<OperatorSignal>& socket, Time latency) {
    module_->connect(socket, gpu_.front_end().signals_in, Gpu::kFrontEnd, latency);
}

template <class Message>
struct GpuUnitModules::TypedLink final : GpuUnitModules::Link {
    explicit TypedLink(const std::string& name)
        : out((name + "_out").c_str()), in((name + "_in").c_str()) {
        out.bind(in);
    }
    MessageOut<Message> out;
    MessageIn<Message> in;
};

GpuUnitModules::GpuUnitModules(const sc_core::sc_module_name& name, Gpu& gpu)
    : GpuModule(name, gpu) {
    for (std::size_t i = 0; i < gpu.units().size(); ++i) {
        modules_.push_back(
            std::make_unique<UnitModule>(("unit" + std::to_string(i)).c_str(), *gpu.units()[i]));
    }
    std::uint32_t number = 0;
    gpu.wire([&]<class Message>(const std::string& link_name, OutPort<Message>& out, std::uint32_t,
                                InPort<Message>& in, std::uint32_t receiver, Time latency) {
        auto link = std::make_unique<TypedLink<Message>>(link_name);
        modules_[receiver]->connect(link->in, in, latency);
        out.bind_sink(link->out, number++, latency);
        links_.push_back(std::move(link));
    });
    modules_[Gpu::kFrontEnd]->attach(gpu.front_end().signals_in);
}

GpuUnitModules::~GpuUnitModules() = default;

void GpuUnitModules::connect_frames(MessageIn<C2cFrame>& socket, Time latency) {
    modules_[gpu_.c2c_number()]->connect(socket, gpu_.c2c()->frames_in, latency);
}

void GpuUnitModules::connect_signals(MessageIn<OperatorSignal>& socket, Time latency) {
    modules_[Gpu::kFrontEnd]->connect(socket, gpu_.front_end().signals_in, latency);
}

}  // namespace vr
