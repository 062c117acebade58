// SPDX-License-Identifier: Apache-2.0
// The management core as a unit of its chip: core, devices and a port to another unit's registers.
// Not modelled: more than one outstanding access, direct memory access.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "models/base/event_record.h"
#include "models/management_core/core_devices.h"
#include "models/management_core/elf.h"
#include "models/management_core/management_core.h"
#include "models/transport/clock.h"
#include "models/transport/port.h"
#include "models/transport/register_message.h"
#include "models/transport/unit.h"

namespace vr {

/// What a firmware came to.
enum class FirmwareVerdict : std::uint8_t {
    kNone,    ///< it runs, or waits
    kPassed,  ///< it said so
    kFailed,  ///< it said so, with a code
    kLocked,  ///< a trap could not reach its handler
};

class ManagementUnit final : public Unit, private CoreBus {
  public:
    /// Where the core's memory begins; firmware is linked to it.
    static constexpr std::uint32_t kMemoryBase = 0x80000000U;

    /// Loads `image`, which must outlive the unit, and starts it at cycle 0. Throws InputError when
    /// the image does not fit.
    ManagementUnit(std::string path, const ManagementCoreConfig& config, std::uint32_t hart,
                   const ElfImage& image, const RegisterMap& registers, EventRecord* events);

    InPort<RegisterAnswer> answers_in;
    InPort<InterruptLevel> interrupts_in;
    OutPort<RegisterRequest> registers_out;

    [[nodiscard]] Time next() const override;
    void run(Time horizon) override;
    [[nodiscard]] Time look_ahead() const override;
    void waits(std::vector<Wait>& out) const override;
    void statistics(StatisticsRegistry& out) const override;
    void state(StateHasher& out) const override;
    /// The cycle of a core that sleeps or waits for an answer counts as the present one, up to
    /// which it has been run or not.
    void state_hashes(Time now, std::vector<StateHash>& out) const override;
    // Without the core.
    static constexpr auto state_members() {
        using M = ManagementUnit;
        return vr::state_members(&M::answers_in, &M::interrupts_in, &M::registers_out, &M::devices_,
                                 &M::answered_, &M::answer_, &M::accesses_, &M::waited_,
                                 &M::asked_at_, &M::verdict_, &M::ended_, &M::refusal_);
    }
    /// Loads the image again and resets core and devices, at the present. An access under way is
    /// forgotten: not to be called while one is.
    void reset();

    [[nodiscard]] FirmwareVerdict verdict() const { return verdict_; }
    [[nodiscard]] std::uint32_t code() const { return devices_.end_code(); }
    /// When the verdict fell.
    [[nodiscard]] Time ended() const { return ended_; }
    [[nodiscard]] const CoreDevices& devices() const { return devices_; }
    [[nodiscard]] const ManagementCore& core() const { return core_; }
    /// Last bus access that was refused, in words; "" when none was.
    [[nodiscard]] const std::string& refusal() const { return refusal_; }
    /// Where the core is and what the last trap was, in words.
    [[nodiscard]] std::string where() const;

  private:
    BusAnswer load(std::uint32_t address, std::uint32_t size) override;
    BusStatus store(std::uint32_t address, std::uint32_t size, std::uint32_t value) override;
    BusAnswer access(const RegisterRequest& request);
    void refused(std::uint32_t address, bool write, std::uint32_t value, const std::string& why);
    void load_image();
    void take_inputs(std::int64_t cycle);
    void see_end();
    [[nodiscard]] std::int64_t input_cycle() const;
    Clock clock_;
    ManagementCore core_;
    CoreDevices devices_;
    const ElfImage& image_;
    const RegisterMap& registers_;  // of the other unit
    EventRecord* events_;
    std::uint32_t track_ = 0;
    bool answered_ = false;
    RegisterAnswer answer_;
    std::int64_t accesses_ = 0;
    std::int64_t waited_ = 0;  // cycles
    std::int64_t asked_at_ = 0;
    FirmwareVerdict verdict_ = FirmwareVerdict::kNone;
    Time ended_;
    std::string refusal_;
};

}  // namespace vr
