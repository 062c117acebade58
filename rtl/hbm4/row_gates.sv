// SPDX-License-Identifier: Apache-2.0
// What row commands share: the bus, which an activate holds for several ticks; tPPD between precharges.
// Not modelled: half ticks.

module row_gates
  import hbm4_scheduler_pkg::*;
(
  input  logic         clk_i,
  input  logic         rst_ni,
  input  timer_t       activate_slots_i,
  input  timer_t       ppd_i,
  input  logic         row_i,
  input  row_command_e command_i,
  output logic         free_o,
  output logic         may_precharge_o
);

  timer_t bus_q, bus_d;
  timer_t precharge_q, precharge_d;

  assign free_o          = bus_q == '0;
  assign may_precharge_o = precharge_q == '0;

  logic activate;
  logic precharge;

  assign activate  = row_i && command_i == RowActivate;
  assign precharge = row_i && (command_i == RowPrecharge || command_i == RowPrechargeAll);

  assign bus_d       = hold(bus_q, activate, activate_slots_i);
  assign precharge_d = hold(precharge_q, precharge, ppd_i);

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      bus_q       <= '0;
      precharge_q <= '0;
    end else begin
      bus_q       <= bus_d;
      precharge_q <= precharge_d;
    end
  end

  OneAtATime_A: assert property (@(posedge clk_i) row_i |-> free_o);

endmodule
