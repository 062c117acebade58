// SPDX-License-Identifier: Apache-2.0
// Single words in L2: atomics, and loads that must see them. A word is kept in its line's home
// slice, whose order is the order of its changes. Not modelled: that the first access waits for the
// word's line, which it brings from memory, and that the line may leave again.
#include <algorithm>

#include "models/gpu/l2/l2.h"

namespace vr {

void L2::take_word(LineBundle& bundle, Time arrival) {
    const std::uint32_t slice = slice_of(bundle.address);
    const Time start = book(slice, kSectorBytes, arrival);
    if (const Time until = start + word_span_; until > slice_free_[slice]) {
        busy_ += until - slice_free_[slice];
        slice_free_[slice] = until;
    }
    const bool far = is_far(slice, bundle.sm);
    far_lines_ += far ? 1 : 0;
    const Time ready = start + hit_span_ + (far ? far_span_ : Time{});
    auto word = std::find_if(words_.begin(), words_.end(), [&](const Word& w) {
        return w.operator_index == bundle.operator_index && w.address == bundle.address;
    });
    if (word == words_.end()) {
        word = words_.insert(word, Word{bundle.operator_index, bundle.address, 0});
        LineBundle line = bundle;
        take_prefetch(line, arrival);
    }
    BundleDone done{bundle.tag, bundle.bytes(), bundle.sm, bundle.write, ready, {}, word->value};
    word->value += bundle.word == WordAccess::kAdd ? 1 : 0;
    TensorTraffic& traffic = traffic_[bundle.tensor.value];
    if (bundle.write) {
        traffic.written += bundle.bytes();
    } else {
        traffic.requested += bundle.bytes();
        traffic.hits += bundle.bytes();
    }
    operator_traffic_[bundle.operator_index.value].requested += bundle.bytes();
    done.cause = std::move(bundle.cause);
    attribution_.append(done.cause, queue_owner_, start);
    attribution_.append(done.cause, hit_owner_, ready);
    responses_out.send(ready, std::move(done));
}

}  // namespace vr
