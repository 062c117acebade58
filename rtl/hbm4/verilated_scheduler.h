// SPDX-License-Identifier: Apache-2.0
// A verilated class with the pins of hbm4_scheduler.sv as SchedulerPins. Include it in one .cpp per
// model and never beside SystemC: Verilator's headers and <systemc> do not go together.
#pragma once

#include <verilated.h>
#include <verilated_fst_c.h>

#include <algorithm>
#include <memory>
#include <string>

#include "models/base/error.h"
#include "rtl/hbm4/scheduler_pins.h"
#include "rtl/hbm4/scheduler_settings.h"
#include "rtl/runtime/rtl_context.h"
#include "rtl/runtime/state_digest.h"

namespace vr::hbm4 {

template <class Model>
class VerilatedScheduler final : public SchedulerPins {
  public:
    /// `name` is the scope in the waveforms, e.g. "hbm4.pseudo_channel0".
    VerilatedScheduler(RtlContext& context, const std::string& name,
                       const SchedulerSettings& settings)
        : context_(context),
          model_(std::make_unique<Model>(&context.verilated(), name.c_str())),
          settings_(settings) {
        if (VerilatedFstC* const waves = context.waves()) {
            constexpr int kAllLevels = 99;
            model_->trace(waves, kAllLevels);
        }
    }
    ~VerilatedScheduler() override { model_->final(); }

    SchedulerTick clock(const SchedulerInputs& inputs) override {
        if (!reset_) {
            write_settings();
        }
        drive(inputs);
        level(1);
        if (!reset_) {
            reset_ = true;
            model_->rst_ni = 1;
        }
        level(0);
        return outputs();
    }
    [[nodiscard]] std::int64_t clocks() const override { return context_.clocks(); }
    [[nodiscard]] std::uint64_t digest() override {
        if (!reset_) {
            return 0;  // not evaluated yet: parts of it hold whatever memory held before
        }
        if constexpr (requires(VerilatedSerialize & to, Model & from) { to << from; }) {
            const ContextAsZeros zeros(context_.verilated());
            StateDigest digest;
            digest << *model_;
            return digest.value();
        } else {
            throw InternalError("a scheduler built with COVERAGE has no state digest");
        }
    }

  private:
    void level(int clock) {
        model_->clk_i = static_cast<CData>(clock);
        model_->eval();
        context_.half_clock();
    }
    // In reset, one a clock. The clock after them brings the first offer, and ends the reset.
    void write_settings() {
        model_->rst_ni = 0;
        drive({});
        model_->setting_write_i = 1;
        level(0);  // the first evaluation sees no edge
        for (std::size_t i = 0; i < settings_.size(); ++i) {
            model_->setting_address_i = static_cast<CData>(i);
            model_->setting_value_i = settings_[i];
            level(1);
            level(0);
        }
        model_->setting_write_i = 0;
    }
    void drive(const SchedulerInputs& inputs) {
        for (std::size_t direction = 0; direction < 2; ++direction) {
            const std::optional<WaitingRequest>& offer = inputs.offers[direction];
            ensure(!offer || model_->request_ready_o[direction] != 0,
                   "HBM4 scheduler: an offer before the last one was taken");
            model_->request_valid_i[direction] = offer ? 1 : 0;
            if (offer) {
                model_->request_bank_i[direction] = offer->input.bank;
                model_->request_row_i[direction] = static_cast<IData>(offer->input.row);
                model_->request_column_i[direction] = offer->input.column;
                model_->request_columns_i[direction] = offer->input.columns;
                model_->request_arrival_i[direction] = static_cast<IData>(offer->arrival);
                model_->request_tag_i[direction] = offer->token;
            }
        }
        model_->buffered_banks_i = inputs.buffered_banks;
        constexpr std::size_t kMany = 8191;  // of a buffer_t
        model_->arrived_writes_i = static_cast<SData>(std::min(inputs.arrived_writes, kMany));
    }
    SchedulerTick outputs() {
        SchedulerTick out;
        out.ready = {model_->request_ready_o[0] != 0, model_->request_ready_o[1] != 0};
        out.busy = model_->busy_o != 0;
        out.turned = model_->turned_o != 0;
        if (model_->column_valid_o != 0) {
            out.column = CommandRecord{
                0, model_->column_write_o != 0 ? Command::kWrite : Command::kRead,
                model_->column_bank_o, static_cast<std::int32_t>(model_->column_row_o),
                model_->column_column_o};
        }
        if (model_->row_valid_o != 0) {
            // row_command_e of hbm4_scheduler_pkg.sv.
            constexpr Command kCommands[] = {Command::kActivate, Command::kPrecharge,
                                             Command::kRefreshBank, Command::kPrechargeAll,
                                             Command::kRefreshAll};
            ensure(model_->row_command_o < std::size(kCommands), "HBM4 scheduler: row command {}",
                   model_->row_command_o);
            out.row = CommandRecord{0, kCommands[model_->row_command_o], model_->row_bank_o,
                                    static_cast<std::int32_t>(model_->row_row_o), 0};
            out.forced = model_->row_forced_o != 0;
        }
        if (model_->done_valid_o != 0) {
            out.done = SchedulerDone{model_->done_tag_o,
                                     static_cast<std::int32_t>(model_->done_age_ticks_o),
                                     static_cast<std::int32_t>(model_->done_queue_ticks_o),
                                     static_cast<std::int32_t>(model_->done_refresh_ticks_o),
                                     static_cast<std::int32_t>(model_->done_row_ticks_o),
                                     static_cast<RowOutcome>(model_->done_outcome_o)};
        }
        return out;
    }

    RtlContext& context_;
    std::unique_ptr<Model> model_;
    SchedulerSettings settings_;
    bool reset_ = false;
};

}  // namespace vr::hbm4
