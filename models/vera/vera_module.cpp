// SPDX-License-Identifier: Apache-2.0
#include "models/vera/vera_module.h"

#include <string>

#include "tlm/protocols/message/message_out.h"

namespace vr {

namespace {
// Ports are numbered apart from those of every GPU, so that no two of a machine are equal.
constexpr std::uint32_t kFirstPort = 1U << 24;
}  // namespace

VeraRegionModule::VeraRegionModule(const sc_core::sc_module_name& name, Vera& vera, Time look_ahead)
    : VeraModule(name, vera) {
    for (Unit* unit : vera.units()) {
        region_.add(*unit);
    }
    std::uint32_t number = kFirstPort;
    vera.wire([&](const std::string&, auto& out, std::uint32_t, auto& in, std::uint32_t receiver,
                  Time latency) {
        in.attach(region_, receiver);
        out.bind(in, number++, latency);
    });
    module_ = std::make_unique<RegionModule>("region", region_, look_ahead);
}

void VeraRegionModule::connect_frames(std::size_t gpu, MessageIn<C2cFrame>& socket, Time latency) {
    module_->connect(socket, vera_.end(gpu).frames_in,
                     Vera::kFirstEnd + static_cast<std::uint32_t>(gpu), latency);
}

template <class Message>
struct VeraUnitModules::TypedLink final : VeraUnitModules::Link {
    explicit TypedLink(const std::string& name)
        : out((name + "_out").c_str()), in((name + "_in").c_str()) {
        out.bind(in);
    }
    MessageOut<Message> out;
    MessageIn<Message> in;
};

VeraUnitModules::VeraUnitModules(const sc_core::sc_module_name& name, Vera& vera)
    : VeraModule(name, vera) {
    for (std::size_t i = 0; i < vera.units().size(); ++i) {
        modules_.push_back(
            std::make_unique<UnitModule>(("unit" + std::to_string(i)).c_str(), *vera.units()[i]));
    }
    std::uint32_t number = kFirstPort;
    vera.wire([&]<class Message>(const std::string& link_name, OutPort<Message>& out, std::uint32_t,
                                 InPort<Message>& in, std::uint32_t receiver, Time latency) {
        auto link = std::make_unique<TypedLink<Message>>(link_name);
        modules_[receiver]->connect(link->in, in, latency);
        out.bind_sink(link->out, number++, latency);
        links_.push_back(std::move(link));
    });
}

VeraUnitModules::~VeraUnitModules() = default;

void VeraUnitModules::connect_frames(std::size_t gpu, MessageIn<C2cFrame>& socket, Time latency) {
    modules_[Vera::kFirstEnd + gpu]->connect(socket, vera_.end(gpu).frames_in, latency);
}

}  // namespace vr
