// SPDX-License-Identifier: Apache-2.0
// A snapshot of a whole run: a forked process, in which everything is as it was, SystemC and what
// lies outside of declared state included. Nothing in this process starts a thread, so nothing is
// lost in the copy. Not modelled: going back to a copy more than once.
#pragma once

#include <string>
#include <string_view>

namespace vr {

/// Process and copy go on from fork() in the same way; at their ends the copy hands over a text,
/// and the original compares. The copy shares the original's open files: it must write to none.
class ForkedCopy {
  public:
    ForkedCopy() = default;
    /// Ends the copy when nobody asked for its text.
    ~ForkedCopy();
    ForkedCopy(const ForkedCopy&) = delete;
    ForkedCopy& operator=(const ForkedCopy&) = delete;

    /// Makes the copy; both processes return. Throws UsageError when the host has no room for it.
    void fork();
    [[nodiscard]] bool forked() const { return forked_; }
    [[nodiscard]] bool is_copy() const { return forked_ && child_ == 0; }
    /// In the copy: hands `text` over and ends this process, without destructors.
    [[noreturn]] void hand_over(std::string_view text);
    /// In the original: waits for the copy's text. `complete` is false when the copy died.
    [[nodiscard]] std::string receive(bool& complete);

  private:
    int pipe_ = -1;  // the end that this process uses
    int child_ = -1;
    bool forked_ = false;
};

}  // namespace vr
