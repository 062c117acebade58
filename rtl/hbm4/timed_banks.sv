// SPDX-License-Identifier: Apache-2.0
// The banks with every rule of time (section 7): bank machines, four-activate window, gates by group, row
// bus. Told the commands of a tick, it says which ones may go in a tick. Not modelled: who asks for them.

module timed_banks
  import hbm4_scheduler_pkg::*;
#(
  parameter fault_e Fault = FaultNone
) (
  input  logic           clk_i,
  input  logic           rst_ni,
  input  logic [2:0]     group_bits_i,
  input  logic [2:0]     stack_bits_i,
  input  bank_timing_t   bank_timing_i,
  input  column_timing_t column_timing_i,
  input  row_timing_t    row_timing_i,
  // Commands of this tick.
  input  logic           column_i,
  input  logic           column_write_i,
  input  bank_t          column_bank_i,
  input  row_sent_t      row_sent_i,
  // The banks before them.
  output bank_mask_t     open_o,
  output row_t           open_row_o[Banks],
  output timer_t         refresh_left_o[Banks],
  output timer_t         read_left_o[Banks],
  output timer_t         write_left_o[Banks],
  // What may go in this tick.
  output bank_mask_t     may_read_o,
  output bank_mask_t     may_write_o,
  output bank_mask_t     may_activate_o,
  output bank_mask_t     may_refresh_o,
  output bank_mask_t     may_precharge_o,
  output bank_mask_t     cycle_over_o,  // a bank's own tRC, tRP and tRFC
  output logic           bus_free_o,
  output logic           may_precharge_any_o
);

  bank_mask_t  bank_precharge, bank_read, bank_write;
  group_mask_t group_activate, group_refresh, group_read, group_write;
  group_t      group[Banks];
  logic        window_activate;
  logic        activate;
  logic        refresh_bank;

  assign activate     = row_sent_i.valid && row_sent_i.command == RowActivate;
  assign refresh_bank = row_sent_i.valid && row_sent_i.command == RowRefreshBank;

  bank_machines u_banks (
    .clk_i,
    .rst_ni,
    .timing_i       (bank_timing_i),
    .column_i,
    .column_write_i,
    .column_bank_i,
    .row_i          (row_sent_i.valid),
    .row_command_i  (row_sent_i.command),
    .row_bank_i     (row_sent_i.bank),
    .row_row_i      (row_sent_i.row),
    .open_o,
    .open_row_o,
    .may_activate_o (cycle_over_o),
    .may_precharge_o(bank_precharge),
    .may_read_o     (bank_read),
    .may_write_o    (bank_write),
    .refresh_left_o,
    .read_left_o,
    .write_left_o
  );

  four_activate_window #(
    .Fault(Fault)
  ) u_window (
    .clk_i,
    .rst_ni,
    .faw_i         (row_timing_i.faw),
    .activate_i    (activate),
    .may_activate_o(window_activate)
  );

  group_gates u_activate_gates (
    .clk_i,
    .rst_ni,
    .activate_same_i (row_timing_i.rrd_l),
    .activate_other_i(row_timing_i.rrd_s),
    .refresh_same_i  (row_timing_i.refresh_to_activate_l),
    .refresh_other_i (row_timing_i.refresh_to_activate),
    .activate_i      (activate),
    .refresh_bank_i  (refresh_bank),
    .group_i         (group[row_sent_i.bank]),
    .may_go_o        (group_activate)
  );

  group_gates u_refresh_gates (
    .clk_i,
    .rst_ni,
    .activate_same_i (row_timing_i.activate_to_refresh_l),
    .activate_other_i(row_timing_i.activate_to_refresh),
    .refresh_same_i  (row_timing_i.refresh_to_refresh),
    .refresh_other_i (row_timing_i.refresh_to_refresh),
    .activate_i      (activate),
    .refresh_bank_i  (refresh_bank),
    .group_i         (group[row_sent_i.bank]),
    .may_go_o        (group_refresh)
  );

  column_gates u_column_gates (
    .clk_i,
    .rst_ni,
    .timing_i    (column_timing_i),
    .group_bits_i,
    .column_i,
    .write_i     (column_write_i),
    .group_i     (group[column_bank_i]),
    .may_read_o  (group_read),
    .may_write_o (group_write)
  );

  row_gates u_row_gates (
    .clk_i,
    .rst_ni,
    .activate_slots_i(row_timing_i.activate_slots),
    .ppd_i           (row_timing_i.ppd),
    .row_i           (row_sent_i.valid),
    .command_i       (row_sent_i.command),
    .free_o          (bus_free_o),
    .may_precharge_o (may_precharge_any_o)
  );

  timing_gate u_timing_gate (
    .group_bits_i,
    .stack_bits_i,
    .bank_activate_i  (cycle_over_o),
    .bank_precharge_i (bank_precharge),
    .bank_read_i      (bank_read),
    .bank_write_i     (bank_write),
    .group_activate_i (group_activate),
    .group_refresh_i  (group_refresh),
    .group_read_i     (group_read),
    .group_write_i    (group_write),
    .window_activate_i(window_activate),
    .bus_precharge_i  (may_precharge_any_o),
    .group_o          (group),
    .may_activate_o,
    .may_refresh_o,
    .may_precharge_o,
    .may_read_o,
    .may_write_o
  );

endmodule
