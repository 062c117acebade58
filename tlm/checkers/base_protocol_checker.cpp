// SPDX-License-Identifier: Apache-2.0
#include "tlm/checkers/base_protocol_checker.h"

#include <algorithm>

namespace vr {

void BaseProtocolChecker::require(bool holds, std::string_view rule, std::string_view what) {
    if (!holds) {
        breaches_.report(rule, name(), scale().now(), what);
    }
}

BaseProtocolChecker::Attributes BaseProtocolChecker::attributes_of(const Payload& payload) {
    Attributes out{payload.get_command(),
                   payload.get_data_ptr(),
                   payload.get_data_length(),
                   payload.get_streaming_width(),
                   payload.get_byte_enable_ptr(),
                   payload.get_byte_enable_length(),
                   {}};
    for (unsigned int id = 0; id < tlm::max_num_extensions(); ++id) {
        out.extensions.push_back(payload.get_extension(id));
    }
    return out;
}

void BaseProtocolChecker::check_request(const Payload& payload) {
    require(payload.get_response_status() == tlm::TLM_INCOMPLETE_RESPONSE, "BP-6",
            fmt::format("a request carries response status {}; allowed: TLM_INCOMPLETE_RESPONSE",
                        payload.get_response_string()));
    if (payload.get_command() != tlm::TLM_IGNORE_COMMAND) {
        require(payload.get_data_ptr() != nullptr && payload.get_data_length() > 0, "BP-8",
                fmt::format("a read or write of {} bytes with data pointer {}; allowed: at least "
                            "one byte and a buffer",
                            payload.get_data_length(),
                            payload.get_data_ptr() == nullptr ? "null" : "set"));
    }
    require(payload.get_streaming_width() > 0, "BP-8",
            "streaming width 0; set it to the data length for an ordinary burst");
    require(payload.get_byte_enable_ptr() == nullptr || payload.get_byte_enable_length() > 0,
            "BP-9", "a byte enable pointer with byte enable length 0; allowed: at least 1");
    require(!payload.is_dmi_allowed(), "BP-11",
            "a request has the DMI hint set; only the target sets it");
}

void BaseProtocolChecker::check_response(const Payload& payload, const Attributes& sent) {
    require(payload.get_response_status() != tlm::TLM_INCOMPLETE_RESPONSE, "BP-7",
            "a response carries TLM_INCOMPLETE_RESPONSE; the target sets OK or an error");
    const Attributes now = attributes_of(payload);
    require(now.command == sent.command && now.data == sent.data && now.length == sent.length &&
                now.streaming_width == sent.streaming_width && now.enables == sent.enables &&
                now.enable_length == sent.enable_length,
            "BP-10",
            "command, data pointer, length, streaming width or byte enables were changed between "
            "request and response");
    for (std::size_t id = 0; id < sent.extensions.size(); ++id) {
        require(sent.extensions[id] == nullptr || now.extensions[id] == sent.extensions[id],
                "BP-13", fmt::format("extension {} of the initiator was removed or replaced", id));
    }
}

BaseProtocolChecker::Open& BaseProtocolChecker::advance(Payload& payload, Time at,
                                                        std::string_view phase) {
    const auto found = open_.find(&payload);
    require(found != open_.end(), "BP-3",
            fmt::format("{} for a transaction that is not under way", phase));
    Open& open = found->second;
    require(at >= open.last, "BP-12",
            fmt::format("{} of transaction {} at {} fs, before its previous phase at {} fs", phase,
                        open.number, at.value, open.last.value));
    open.last = at;
    return open;
}

void BaseProtocolChecker::begin_request(Payload& payload, Time at) {
    require(payload.has_mm() && payload.get_ref_count() > 0, "BP-5",
            "a non-blocking transaction without a memory manager or without a reference");
    require(!open_.contains(&payload), "BP-15",
            "BEGIN_REQ with a transaction that is still under way");
    require(request_ == nullptr, "BP-1",
            "BEGIN_REQ while an earlier request waits for END_REQ on this socket");
    check_request(payload);
    open_.emplace(&payload, Open{transactions_, attributes_of(payload), at, tlm::BEGIN_REQ});
    ++transactions_;
    request_ = &payload;
}

void BaseProtocolChecker::end_request(Payload& payload, Time at) {
    Open& open = advance(payload, at, "END_REQ");
    require(open.phase == tlm::BEGIN_REQ, "BP-3",
            fmt::format("END_REQ of transaction {} after phase {}; allowed: after BEGIN_REQ",
                        open.number, Phase(open.phase).get_name()));
    open.phase = tlm::END_REQ;
    request_ = nullptr;
}

void BaseProtocolChecker::begin_response(Payload& payload, Time at) {
    Open& open = advance(payload, at, "BEGIN_RESP");
    require(open.phase == tlm::BEGIN_REQ || open.phase == tlm::END_REQ, "BP-3",
            fmt::format("BEGIN_RESP of transaction {} after phase {}", open.number,
                        Phase(open.phase).get_name()));
    require(response_ == nullptr, "BP-2",
            "BEGIN_RESP while an earlier response waits for END_RESP on this socket");
    check_response(payload, open.attributes);
    if (request_ == &payload) {
        request_ = nullptr;  // BEGIN_RESP says END_REQ too
    }
    open.phase = tlm::BEGIN_RESP;
    response_ = &payload;
}

void BaseProtocolChecker::end_response(Payload& payload, Time at) {
    const Open& open = advance(payload, at, "END_RESP");
    require(open.phase == tlm::BEGIN_RESP, "BP-3",
            fmt::format("END_RESP of transaction {} after phase {}; allowed: after BEGIN_RESP",
                        open.number, Phase(open.phase).get_name()));
    response_ = nullptr;
    open_.erase(&payload);
}

void BaseProtocolChecker::complete(Payload& payload, Time at, bool with_response) {
    const Open& open = advance(payload, at, "TLM_COMPLETED");
    if (with_response) {
        check_response(payload, open.attributes);
    }
    request_ = request_ == &payload ? nullptr : request_;
    response_ = response_ == &payload ? nullptr : response_;
    open_.erase(&payload);
}

void BaseProtocolChecker::called(CallPath path, Payload& payload, const Phase& phase, Time at) {
    const bool forward = path == CallPath::kForward;
    if (forward && phase == tlm::BEGIN_REQ) {
        begin_request(payload, at);
    } else if (forward && phase == tlm::END_RESP) {
        end_response(payload, at);
    } else if (!forward && phase == tlm::END_REQ) {
        end_request(payload, at);
    } else if (!forward && phase == tlm::BEGIN_RESP) {
        begin_response(payload, at);
    } else {
        require(false, "BP-3",
                fmt::format("phase {} on the {} path; allowed: BEGIN_REQ and END_RESP forward, "
                            "END_REQ and BEGIN_RESP backward",
                            phase.get_name(), forward ? "forward" : "backward"));
    }
}

void BaseProtocolChecker::returned(CallPath path, Payload& payload, const Phase& sent,
                                   const Phase& phase, tlm::tlm_sync_enum result, Time at) {
    if (result == tlm::TLM_ACCEPTED) {
        require(phase == sent, "BP-4",
                fmt::format("TLM_ACCEPTED with the phase changed from {} to {}", sent.get_name(),
                            phase.get_name()));
        return;
    }
    const bool may_answer = sent == tlm::BEGIN_REQ || sent == tlm::BEGIN_RESP;
    if (result == tlm::TLM_COMPLETED) {
        if (may_answer) {
            complete(payload, at, sent == tlm::BEGIN_REQ);
        } else {
            require(sent == tlm::END_RESP, "BP-4", "TLM_COMPLETED as the answer to END_REQ");
        }
        return;
    }
    if (path == CallPath::kForward && sent == tlm::BEGIN_REQ && phase == tlm::END_REQ) {
        end_request(payload, at);
    } else if (path == CallPath::kForward && sent == tlm::BEGIN_REQ && phase == tlm::BEGIN_RESP) {
        begin_response(payload, at);
    } else if (path == CallPath::kBackward && sent == tlm::BEGIN_RESP && phase == tlm::END_RESP) {
        end_response(payload, at);
    } else {
        require(false, "BP-4",
                fmt::format("TLM_UPDATED from {} to {}", sent.get_name(), phase.get_name()));
    }
}

void BaseProtocolChecker::blocking_called(Payload& payload, Time) {
    check_request(payload);
    ++transactions_;
    blocking_.emplace(&payload, attributes_of(payload));
}

void BaseProtocolChecker::blocking_returned(Payload& payload, Time) {
    const auto found = blocking_.find(&payload);
    check_response(payload, found->second);
    blocking_.erase(found);
}

void BaseProtocolChecker::debugged(Payload& payload, unsigned int count) {
    require(count <= payload.get_data_length(), "BP-16",
            fmt::format("transport_dbg returned {} of {} bytes", count, payload.get_data_length()));
}

void BaseProtocolChecker::finish() {
    const auto first = std::min_element(
        open_.begin(), open_.end(),
        [](const auto& a, const auto& b) { return a.second.number < b.second.number; });
    if (first != open_.end()) {
        require(false, "BP-14",
                fmt::format("{} transactions have not ended; the oldest is number {}, last phase "
                            "{} at {} fs",
                            open_.size(), first->second.number,
                            Phase(first->second.phase).get_name(), first->second.last.value));
    }
}

}  // namespace vr
