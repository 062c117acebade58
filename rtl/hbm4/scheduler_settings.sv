// SPDX-License-Identifier: Apache-2.0
// The registers with timings, organisation and policy. Whoever writes them
// holds the scheduler in reset meanwhile.
// Not modelled: reading them back.

module scheduler_settings
  import hbm4_scheduler_pkg::*;
(
  input  logic                     clk_i,
  input  logic                     write_i,
  input  setting_e                 address_i,
  input  logic [IntervalWidth-1:0] value_i,
  output settings_t                settings_o
);

  settings_t settings_q;
  assign settings_o = settings_q;

  // No reset: written before it is read.
  always_ff @(posedge clk_i) begin
    if (write_i) begin
      unique case (address_i)
        SetBanks:              settings_q.banks <= value_i[6:0];
        SetGroupBits:          settings_q.group_bits <= value_i[2:0];
        SetStackBits:          settings_q.stack_bits <= value_i[2:0];
        SetRcdRead:            settings_q.bank.rcd_read <= value_i[TimerWidth-1:0];
        SetRcdWrite:           settings_q.bank.rcd_write <= value_i[TimerWidth-1:0];
        SetRp:                 settings_q.bank.rp <= value_i[TimerWidth-1:0];
        SetRas:                settings_q.bank.ras <= value_i[TimerWidth-1:0];
        SetRc:                 settings_q.bank.rc <= value_i[TimerWidth-1:0];
        SetRrdS:               settings_q.row.rrd_s <= value_i[TimerWidth-1:0];
        SetRrdL:               settings_q.row.rrd_l <= value_i[TimerWidth-1:0];
        SetFaw:                settings_q.row.faw <= value_i[TimerWidth-1:0];
        SetRtp:                settings_q.bank.rtp <= value_i[TimerWidth-1:0];
        SetWriteToPrecharge:   settings_q.bank.write_to_precharge <= value_i[TimerWidth-1:0];
        SetCcdSRead:           settings_q.column.ccd_s[0] <= value_i[TimerWidth-1:0];
        SetCcdSWrite:          settings_q.column.ccd_s[1] <= value_i[TimerWidth-1:0];
        SetCcdLRead:           settings_q.column.ccd_l[0] <= value_i[TimerWidth-1:0];
        SetCcdLWrite:          settings_q.column.ccd_l[1] <= value_i[TimerWidth-1:0];
        SetCcdRRead:           settings_q.column.ccd_r[0] <= value_i[TimerWidth-1:0];
        SetCcdRWrite:          settings_q.column.ccd_r[1] <= value_i[TimerWidth-1:0];
        SetWriteToReadS:       settings_q.column.write_to_read_s <= value_i[TimerWidth-1:0];
        SetWriteToReadL:       settings_q.column.write_to_read_l <= value_i[TimerWidth-1:0];
        SetRtw:                settings_q.column.rtw <= value_i[TimerWidth-1:0];
        SetPpd:                settings_q.row.ppd <= value_i[TimerWidth-1:0];
        SetActivateSlots:      settings_q.row.activate_slots <= value_i[TimerWidth-1:0];
        SetRfcAllBank:         settings_q.bank.rfc_all_bank <= value_i[TimerWidth-1:0];
        SetRfcPerBank:         settings_q.bank.rfc_per_bank <= value_i[TimerWidth-1:0];
        SetRefreshToRefresh:   settings_q.row.refresh_to_refresh <= value_i[TimerWidth-1:0];
        SetRefreshToActivate:  settings_q.row.refresh_to_activate <= value_i[TimerWidth-1:0];
        SetRefreshToActivateL: settings_q.row.refresh_to_activate_l <= value_i[TimerWidth-1:0];
        SetActivateToRefresh:  settings_q.row.activate_to_refresh <= value_i[TimerWidth-1:0];
        SetActivateToRefreshL: settings_q.row.activate_to_refresh_l <= value_i[TimerWidth-1:0];
        SetRefresh:            settings_q.refresh.mode <= refresh_mode_e'(value_i[1:0]);
        SetRefreshInterval:    settings_q.refresh.interval <= value_i;
        SetRefreshPostpone:    settings_q.refresh.postpone <= value_i[9:0];
        SetReadQueue:          settings_q.read_queue.depth <= value_i[6:0];
        SetWriteQueue:         settings_q.write_queue.depth <= value_i[6:0];
        SetWriteBuffer:        settings_q.write_buffer <= value_i[12:0];
        SetWriteHigh:          settings_q.turn.write_high <= value_i[12:0];
        SetWriteLow:           settings_q.turn.write_low <= value_i[12:0];
        SetTurnColumns:        settings_q.turn.columns <= value_i[12:0];
        SetReadAgeLimit:       settings_q.read_queue.age_limit <= value_i;
        SetWriteAgeLimit:      settings_q.write_queue.age_limit <= value_i;
        SetPrepareRows:        settings_q.prepare_rows <= value_i[0];
      endcase
    end
  end

  KnownAddress_A: assert property (@(posedge clk_i) write_i |-> address_i <= SetPrepareRows);

endmodule
