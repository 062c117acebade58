// SPDX-License-Identifier: Apache-2.0
// Which banks may take which command in this tick: timers of the bank and gates of its group together
// (section 7). Combinational. Not modelled: who asks for one.

module timing_gate
  import hbm4_scheduler_pkg::*;
(
  input  logic [2:0]  group_bits_i,
  input  logic [2:0]  stack_bits_i,
  // By bank.
  input  bank_mask_t  bank_activate_i,
  input  bank_mask_t  bank_precharge_i,
  input  bank_mask_t  bank_read_i,
  input  bank_mask_t  bank_write_i,
  // By group.
  input  group_mask_t group_activate_i,
  input  group_mask_t group_refresh_i,
  input  group_mask_t group_read_i,
  input  group_mask_t group_write_i,
  // For all.
  input  logic        window_activate_i,
  input  logic        bus_precharge_i,
  output group_t      group_o[Banks],
  output bank_mask_t  may_activate_o,
  output bank_mask_t  may_refresh_o,
  output bank_mask_t  may_precharge_o,
  output bank_mask_t  may_read_o,
  output bank_mask_t  may_write_o
);

  bank_mask_t of_group_activate;
  bank_mask_t of_group_refresh;
  bank_mask_t of_group_read;
  bank_mask_t of_group_write;

  always_comb begin
    for (int unsigned b = 0; b < Banks; b++) begin
      group_o[b] = group_of(bank_t'(b), group_bits_i, stack_bits_i);
    end
  end

  always_comb begin
    for (int unsigned b = 0; b < Banks; b++) begin
      of_group_activate[b] = group_activate_i[group_o[b]];
      of_group_refresh[b]  = group_refresh_i[group_o[b]];
      of_group_read[b]     = group_read_i[group_o[b]];
      of_group_write[b]    = group_write_i[group_o[b]];
    end
  end

  assign may_activate_o  = bank_activate_i & of_group_activate & {Banks{window_activate_i}};
  assign may_refresh_o   = bank_activate_i & of_group_refresh;
  assign may_precharge_o = bank_precharge_i & {Banks{bus_precharge_i}};
  assign may_read_o      = bank_read_i & of_group_read;
  assign may_write_o     = bank_write_i & of_group_write;

endmodule
