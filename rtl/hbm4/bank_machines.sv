// SPDX-License-Identifier: Apache-2.0
// The banks: their open rows, and the timers of the rules "same bank" (section 7). What rules between
// banks forbid stands in the gates. All banks are in one module, because Verilator repeats the code of an
// instance for each of 64. Not modelled: power-down.

module bank_machines
  import hbm4_scheduler_pkg::*;
(
  input  logic          clk_i,
  input  logic          rst_ni,
  input  bank_timing_t  timing_i,
  // Commands of this tick.
  input  logic          column_i,
  input  logic          column_write_i,
  input  bank_t         column_bank_i,
  input  logic          row_i,
  input  row_command_e  row_command_i,
  input  bank_t         row_bank_i,
  input  row_t          row_row_i,  // of an activate
  // The banks as they are before them.
  output bank_mask_t    open_o,
  output row_t          open_row_o[Banks],
  output bank_mask_t    may_activate_o,  // or be refreshed
  output bank_mask_t    may_precharge_o,
  output bank_mask_t    may_read_o,
  output bank_mask_t    may_write_o,
  // Ticks that are left of a refresh, and until the row takes columns.
  output timer_t        refresh_left_o[Banks],
  output timer_t        read_left_o[Banks],
  output timer_t        write_left_o[Banks]
);

  bank_mask_t open_q;
  row_t       open_row_q[Banks];
  timer_t     activate_q[Banks], activate_d[Banks];
  timer_t     precharge_q[Banks], precharge_d[Banks];
  timer_t     read_q[Banks], read_d[Banks];
  timer_t     write_q[Banks], write_d[Banks];
  timer_t     refresh_q[Banks], refresh_d[Banks];

  assign open_o         = open_q;
  assign open_row_o     = open_row_q;
  assign refresh_left_o = refresh_q;
  assign read_left_o    = read_q;
  assign write_left_o   = write_q;

  always_comb begin
    for (int unsigned b = 0; b < Banks; b++) begin
      may_activate_o[b]  = activate_q[b] == '0;
      may_precharge_o[b] = precharge_q[b] == '0;
      may_read_o[b]      = read_q[b] == '0;
      may_write_o[b]     = write_q[b] == '0;
    end
  end

  // What a bank is told in this tick.
  logic   activate;
  logic   precharge;
  logic   column;
  logic   refresh;
  logic   at_row;
  timer_t refresh_cycle;

  assign refresh_cycle =
      row_command_i == RowRefreshAll ? timing_i.rfc_all_bank : timing_i.rfc_per_bank;

  always_comb begin
    activate  = 1'b0;
    precharge = 1'b0;
    column    = 1'b0;
    refresh   = 1'b0;
    at_row    = 1'b0;
    for (int unsigned b = 0; b < Banks; b++) begin
      at_row    = row_i && b == 32'(row_bank_i);
      activate  = at_row && row_command_i == RowActivate;
      precharge = (at_row && row_command_i == RowPrecharge) ||
                  (row_i && row_command_i == RowPrechargeAll);
      refresh   = (at_row && row_command_i == RowRefreshBank) ||
                  (row_i && row_command_i == RowRefreshAll);
      column    = column_i && b == 32'(column_bank_i);

      activate_d[b]  = hold(activate_q[b], activate || precharge || refresh,
                            activate ? timing_i.rc : precharge ? timing_i.rp : refresh_cycle);
      precharge_d[b] = hold(precharge_q[b], activate || column,
                            activate ? timing_i.ras :
                            column_write_i ? timing_i.write_to_precharge : timing_i.rtp);
      read_d[b]      = hold(read_q[b], activate, timing_i.rcd_read);
      write_d[b]     = hold(write_q[b], activate, timing_i.rcd_write);
      refresh_d[b]   = hold(refresh_q[b], refresh, refresh_cycle);
    end
  end

  bank_mask_t open_d;
  always_comb begin
    open_d = open_q;
    if (row_i && row_command_i == RowActivate) begin
      open_d[row_bank_i] = 1'b1;
    end
    if (row_i && row_command_i == RowPrecharge) begin
      open_d[row_bank_i] = 1'b0;
    end
    if (row_i && row_command_i == RowPrechargeAll) begin
      open_d = '0;
    end
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      open_q      <= '0;
      activate_q  <= '{default: '0};
      precharge_q <= '{default: '0};
      read_q      <= '{default: '0};
      write_q     <= '{default: '0};
      refresh_q   <= '{default: '0};
    end else begin
      open_q      <= open_d;
      activate_q  <= activate_d;
      precharge_q <= precharge_d;
      read_q      <= read_d;
      write_q     <= write_d;
      refresh_q   <= refresh_d;
    end
  end

  // No reset: read of open banks only.
  always_ff @(posedge clk_i) begin
    if (row_i && row_command_i == RowActivate) begin
      open_row_q[row_bank_i] <= row_row_i;
    end
  end

  ColumnOfOpenRow_A: assert property (
    @(posedge clk_i) column_i |-> open_q[column_bank_i] &&
    (column_write_i ? may_write_o[column_bank_i] : may_read_o[column_bank_i]));
  ActivateClosed_A: assert property (
    @(posedge clk_i) row_i && row_command_i == RowActivate |->
    !open_q[row_bank_i] && may_activate_o[row_bank_i]);
  PrechargeOpen_A: assert property (
    @(posedge clk_i) row_i && row_command_i == RowPrecharge |->
    open_q[row_bank_i] && may_precharge_o[row_bank_i]);
  RefreshClosed_A: assert property (
    @(posedge clk_i) row_i && row_command_i == RowRefreshBank |->
    !open_q[row_bank_i] && may_activate_o[row_bank_i]);
  PrechargeAllOnTime_A: assert property (
    @(posedge clk_i) row_i && row_command_i == RowPrechargeAll |->
    open_q != '0 && (open_q & ~may_precharge_o) == '0);
  RefreshAllClosed_A: assert property (
    @(posedge clk_i) row_i && row_command_i == RowRefreshAll |->
    open_q == '0 && may_activate_o == '1);

endmodule
