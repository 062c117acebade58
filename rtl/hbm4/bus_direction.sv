// SPDX-License-Identifier: Apache-2.0
// Whose queue the buses serve, reads or writes, and for how long (section 3). Not modelled: other
// policies of grouping.

module bus_direction
  import hbm4_scheduler_pkg::*;
(
  input  logic         clk_i,
  input  logic         rst_ni,
  input  turn_policy_t policy_i,
  // After this tick's admission.
  input  depth_t       reads_i,
  input  depth_t       writes_i,
  input  buffer_t      writes_held_i,  // queued and buffered
  input  logic         read_aged_i,   // deadline of the oldest, if there is one
  input  logic         write_aged_i,
  output logic         writing_o,     // in this tick
  output logic         turned_o,
  // What the column bus did in it.
  input  logic         column_i,
  input  logic         finished_i
);

  logic  writing_q;
  turn_t left_q;
  turn_t left;
  logic  used_up;
  logic  few;
  logic  all_done;

  assign used_up = left_q == '0;
  assign few     = writes_held_i <= policy_i.write_low && !write_aged_i;

  always_comb begin
    if (writing_q) begin
      turned_o = reads_i != '0 && (writes_i == '0 || (used_up && (few || read_aged_i)));
    end else begin
      turned_o = writes_i != '0 &&
                 (reads_i == '0 ||
                  (used_up && (writes_held_i >= policy_i.write_high || write_aged_i)));
    end
  end

  assign writing_o = writing_q ^ turned_o;
  assign left      = turned_o ? policy_i.columns : left_q;
  assign all_done  = finished_i && reads_i + writes_i == depth_t'(1);

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      writing_q <= 1'b0;
      left_q    <= '0;
    end else begin
      writing_q <= writing_o && !all_done;
      left_q    <= all_done ? '0 : left - turn_t'(column_i && left != '0);
    end
  end

endmodule
