// SPDX-License-Identifier: Apache-2.0
// One end of an NVLink-C2C link: sends messages as packets into its direction, a calendar with
// credits, and receives the other end's into buffers whose credits go back when they are freed.
// Not modelled: single packets of a message (a message arrives with its last byte), retry, power
// states (see DEVIATIONS.md).
#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <string>
#include <vector>

#include "models/base/attribution.h"
#include "models/base/event_record.h"
#include "models/c2c/c2c_config.h"
#include "models/transport/port.h"
#include "models/transport/remote_message.h"
#include "models/transport/unit.h"

namespace vr {

/// What travels between the two ends: a message, or credits on their way back (`credits` > 0), of
/// which the message's cause says what freed them.
struct C2cFrame {
    RemoteMessage message;
    RemoteClass credit_class = RemoteClass::kRequest;
    std::int64_t credits = 0;
    static constexpr auto state_members() {
        using F = C2cFrame;
        return vr::state_members(&F::message, &F::credit_class, &F::credits);
    }
};

enum class C2cSide : std::uint8_t { kGpu, kHost };

class C2cEnd final : public Unit {
  public:
    C2cEnd(std::string path, const C2cConfig& config, C2cSide side, Attribution& attribution,
           EventRecord* events);

    InPort<RemoteMessage> messages_in;  ///< from this chip: to be sent
    InPort<RemoteFree> frees_in;        ///< from this chip: receive buffers that are free again
    InPort<C2cFrame> frames_in;         ///< from the other end
    OutPort<RemoteMessage> messages_out;
    OutPort<RemoteMessage> doorbells_out;  ///< doorbells that came; unbound where none may come
    OutPort<C2cFrame> frames_out;

    [[nodiscard]] Time next() const override;
    void run(Time horizon) override;
    [[nodiscard]] Time look_ahead() const override;
    void waits(std::vector<Wait>& out) const override;
    void statistics(StatisticsRegistry& out) const override;
    void state(StateHasher& out) const override;
    static constexpr auto state_members() {
        using C = C2cEnd;
        return vr::state_members(&C::messages_in, &C::frees_in, &C::frames_in, &C::messages_out,
                                 &C::doorbells_out, &C::frames_out, &C::state_);
    }
    /// As built: nothing queued, all credits here, all counters zero. What is in ports stays.
    void reset() { state_ = initial_; }

    /// Nothing queued, every credit back, every receive buffer free.
    [[nodiscard]] bool settled() const;
    /// Credits of a class that are not here: messages on their way or held by the other end.
    [[nodiscard]] std::int64_t credits_away(RemoteClass c) const {
        return buffers_ - state_.credits[static_cast<std::size_t>(c)];
    }
    /// Receive buffers of a class that hold something.
    [[nodiscard]] std::int64_t occupied(RemoteClass c) const {
        return state_.occupied[static_cast<std::size_t>(c)];
    }
    [[nodiscard]] std::int64_t payload_sent() const { return state_.payload_sent; }
    [[nodiscard]] std::int64_t wire_bytes_sent() const { return state_.wire_sent; }
    [[nodiscard]] const C2cDirection& sends() const { return sends_; }

  private:
    struct Waiting {
        RemoteMessage message;
        Time since;
        static constexpr auto state_members() {
            using W = Waiting;
            return vr::state_members(&W::message, &W::since);
        }
    };
    struct State {
        std::array<std::deque<Waiting>, kRemoteClasses> queues;
        std::array<std::int64_t, kRemoteClasses> credits{};
        std::array<std::int64_t, kRemoteClasses> occupied{};
        std::array<bool, kRemoteClasses> blocked{};        ///< the first of the queue lacks credits
        std::array<CauseTrail, kRemoteClasses> unblocked;  ///< what last gave it enough, and when
        Time line_free;
        std::int64_t payload_sent = 0;
        std::int64_t wire_sent = 0;
        std::int64_t packets_sent = 0;
        std::int64_t messages_sent = 0;
        std::int64_t credit_returns = 0;
        std::int64_t most_occupied = 0;
        Time busy;
        Time credit_wait;
        static constexpr auto state_members() {
            using S = State;
            return vr::state_members(&S::queues, &S::credits, &S::occupied, &S::blocked,
                                     &S::unblocked, &S::line_free, &S::payload_sent, &S::wire_sent,
                                     &S::packets_sent, &S::messages_sent, &S::credit_returns,
                                     &S::most_occupied, &S::busy, &S::credit_wait);
        }
    };
    [[nodiscard]] std::int64_t packets_of(const C2cDirection& way, RemoteKind kind,
                                          std::int64_t bytes) const;
    [[nodiscard]] bool sendable(std::size_t c) const;
    void take_frame(Stamped<C2cFrame>&& stamped);
    void give_back(RemoteClass c, std::int64_t packets, Time now, CauseTrail cause);
    void pump(Time now);
    void send(std::size_t c, Time now);

    C2cDirection sends_;
    C2cDirection receives_;
    std::int64_t buffers_;
    std::int64_t drop_credit_;
    Attribution& attribution_;
    EventRecord* events_;
    std::uint32_t track_ = 0;
    std::uint32_t bytes_name_ = 0;
    State state_;
    State initial_;
    OwnerId link_owner_;
    OwnerId credit_owner_;
    OwnerId flight_owner_;
};

}  // namespace vr
