// SPDX-License-Identifier: Apache-2.0
#include "models/gpu/crossbar/crossbar.h"

#include <algorithm>

namespace vr {

Crossbar::Crossbar(std::string path, const CrossbarConfig& config, std::int64_t sms,
                   Attribution& attribution)
    : Unit(std::move(path)),
      responses_out(static_cast<std::size_t>(divide_round_up(sms, 2))),
      write_byte_clock_(Frequency{config.clock.value * config.write_width.value}),
      return_byte_clock_(Frequency{config.clock.value * config.return_width.value}),
      hub_byte_clock_(Frequency{config.clock.value * config.hub_width.value}),
      read_request_(config.read_request.value),
      attribution_(attribution),
      request_free_(static_cast<std::size_t>(sms) + 1),
      return_free_(static_cast<std::size_t>(sms) + 1),
      drop_response_(config.drop_response),
      request_link_owner_(attribution.owner("SM to crossbar", "L2 latency")),
      request_owner_(attribution.owner("crossbar write port", "crossbar")),
      return_link_owner_(attribution.owner("L2 to crossbar", "L2 latency")),
      return_owner_(attribution.owner("crossbar return port", "crossbar")) {}

Time Crossbar::next() const {
    return std::min(requests_in.next(), responses_in.next());
}

Time Crossbar::look_ahead() const {
    return std::min(requests_in.look_ahead(), responses_in.look_ahead());
}

void Crossbar::run(Time horizon) {
    while (true) {
        const Time request = requests_in.next();
        const Time response = responses_in.next();
        if (std::min(request, response) >= horizon) {
            return;
        }
        if (response <= request) {
            take_response(responses_in.pop());
        } else {
            take_request(requests_in.pop());
        }
    }
}

void Crossbar::take_request(Stamped<LineBundle>&& stamped) {
    LineBundle& bundle = stamped.message;
    attribution_.append(bundle.cause, request_link_owner_, stamped.arrival);
    const bool hub = bundle.sm == kHubPort;
    if (!bundle.write && (hub || read_request_ == 0)) {
        requests_out.send(stamped.arrival, std::move(bundle));
        return;
    }
    const Clock& bytes = hub ? hub_byte_clock_ : write_byte_clock_;
    const std::int64_t line = bundle.write ? bundle.bytes() / bundle.count : read_request_;
    Time& free = request_free_[port_of(bundle.sm)];
    const Time start = std::max(free, stamped.arrival);
    free = start + bytes.edge(bundle.write ? bundle.bytes() : line * bundle.count);
    if (const Time spacing = bytes.edge(line); spacing > bundle.line_spacing) {
        bundle.line_spacing = spacing;
        bundle.pacer = request_owner_;
    }
    attribution_.append(bundle.cause, request_owner_, start);
    if (bundle.write) {
        (hub ? hub_sent_ : bytes_sent_) += bundle.bytes();
    }
    requests_out.send(start, std::move(bundle));
}

void Crossbar::take_response(Stamped<BundleDone>&& stamped) {
    BundleDone& done = stamped.message;
    const Time spread = done.write ? Time{} : done.cause.time() - done.first_ready;
    attribution_.append(done.cause, return_link_owner_, stamped.arrival);
    ++responses_;
    if (responses_ == drop_response_) {
        return;
    }
    Time at = stamped.arrival;
    if (!done.write) {
        // The lines leave as they become ready; the last one cannot leave before it is there, and
        // the port cannot pass all of them faster than its width allows.
        const Clock& bytes = done.sm == kHubPort ? hub_byte_clock_ : return_byte_clock_;
        const Time line = bytes.edge(std::min<std::int64_t>(done.bytes, kLineBytes));
        const auto pass = [&](std::size_t port) {
            Time& free = return_free_[port];
            free = std::max(std::max(free, stamped.arrival - spread) + bytes.edge(done.bytes),
                            stamped.arrival + line);
            at = std::max(at, free);
            (done.sm == kHubPort ? hub_returned_ : bytes_returned_) += done.bytes;
        };
        pass(port_of(done.sm));
        if (done.sm != kHubPort && (done.tag & kMulticastTag) != 0) {
            pass(port_of(done.sm ^ 1U));
        }
    }
    attribution_.append(done.cause, return_owner_, at);
    if (done.sm == kHubPort) {
        hub_out.send(at, std::move(done));
        return;
    }
    responses_out[done.sm / 2].send(at, std::move(done));
}

void Crossbar::statistics(StatisticsRegistry& out) const {
    out.add(path(), "bytes_returned", bytes_returned_, "B", "from L2 to the SMs");
    out.add(path(), "bytes_sent", bytes_sent_, "B", "from the SMs to L2");
    if (hub_out.is_bound()) {
        out.add(path(), "hub_returned", hub_returned_, "B", "from L2 to the copy engine");
        out.add(path(), "hub_sent", hub_sent_, "B", "from the copy engine to L2");
    }
    out.add(path(), "responses", responses_, "bundles", "bundles answered");
}

void Crossbar::state(StateHasher& out) const {
    visit_members(*this, out);
}

}  // namespace vr
