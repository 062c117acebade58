// SPDX-License-Identifier: Apache-2.0
// Refresh: when one falls due, and which bank takes it, or that all drain (section 4). Not modelled:
// refresh management, temperature.

module refresh_scheduler
  import hbm4_scheduler_pkg::*;
#(
  parameter fault_e Fault = FaultNone
) (
  input  logic            clk_i,
  input  logic            rst_ni,
  input  refresh_policy_t policy_i,
  input  logic [6:0]      banks_i,
  input  bank_t [Banks-1:0] order_i,  // most recently activated first
  // As they are before this tick's admission.
  input  logic            work_i,            // queued, or arrived
  input  bank_mask_t      queued_banks_i,    // banks with requests in a queue
  input  bank_mask_t      buffered_banks_i,  // in a buffer
  input  bank_mask_t      hit_banks_i,       // with hits of either direction
  // Of this tick.
  output logic            chosen_o,
  output bank_t           bank_o,
  output logic            draining_o,
  input  logic            refreshed_i      // the row bus sent the refresh
);

  interval_t   elapsed_q;
  logic [31:0] owed_q;
  logic        chosen_q;
  bank_t       bank_q;
  logic        draining_q;
  bank_mask_t  done_q;

  logic        due;
  logic [31:0] owed;
  logic        choosing;
  logic        must;
  logic        few;
  logic        patient;

  assign due      = policy_i.mode != RefreshNone && elapsed_q == policy_i.interval;
  assign owed     = owed_q + {31'b0, due};
  assign choosing = owed != '0 && !chosen_q && !draining_q;
  assign must     = owed > 32'(policy_i.postpone);
  assign few      = {owed[30:0], 1'b0} <= 32'(policy_i.postpone);
  assign patient  = work_i && few;

  // The first bank of each class in order of recency.
  logic  idle_found, unqueued_found, quiet_found, any_found;
  bank_t idle, unqueued, quiet, any;
  bank_t bank;

  always_comb begin
    idle_found     = 1'b0;
    unqueued_found = 1'b0;
    quiet_found    = 1'b0;
    any_found      = 1'b0;
    idle           = '0;
    unqueued       = '0;
    quiet          = '0;
    any            = '0;
    bank           = '0;
    if (choosing && policy_i.mode == RefreshPerBank) begin
      for (int unsigned place = 0; place < Banks; place++) begin
        bank = order_i[place];
        if (place < 32'(banks_i) && !done_q[bank]) begin
          if (!idle_found && !queued_banks_i[bank] && !buffered_banks_i[bank] &&
              (!patient || place < 32'(banks_i[6:1]))) begin
            idle_found = 1'b1;
            idle       = bank;
          end
          if (!unqueued_found && !few && !queued_banks_i[bank]) begin
            unqueued_found = 1'b1;
            unqueued       = bank;
          end
          if (!quiet_found && !hit_banks_i[bank]) begin
            quiet_found = 1'b1;
            quiet       = bank;
          end
          if (!any_found) begin
            any_found = 1'b1;
            any       = bank;
          end
        end
      end
    end
  end

  assign chosen_o   = chosen_q || idle_found || unqueued_found || (must && any_found);
  assign draining_o = draining_q ||
                      (choosing && policy_i.mode == RefreshAllBank && (must || !work_i));

  always_comb begin
    if (chosen_q) begin
      bank_o = bank_q;
    end else if (idle_found) begin
      bank_o = idle;
    end else if (unqueued_found) begin
      bank_o = unqueued;
    end else begin
      bank_o = quiet_found ? quiet : any;
    end
  end

  // A round ends when every bank has been refreshed once.
  bank_mask_t done;
  bank_mask_t left;
  logic       round_ends;

  always_comb begin
    done = done_q;
    done[bank_o] = 1'b1;
  end
  assign left = ~done & ~({Banks{1'b1}} << banks_i);
  assign round_ends = Fault == FaultRoundShort ? $onehot0(left) : left == '0;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      elapsed_q  <= '0;
      owed_q     <= '0;
      chosen_q   <= 1'b0;
      bank_q     <= '0;
      draining_q <= 1'b0;
      done_q     <= '0;
    end else begin
      elapsed_q  <= due ? interval_t'(1) : elapsed_q + 1'b1;
      owed_q     <= owed - {31'b0, refreshed_i};
      chosen_q   <= chosen_o && !refreshed_i;
      bank_q     <= bank_o;
      draining_q <= draining_o && !refreshed_i;
      if (refreshed_i && chosen_o) begin
        done_q <= round_ends ? '0 : done;
      end
    end
  end

  OneKind_A: assert property (@(posedge clk_i) !(chosen_o && draining_o));
  RefreshIsOwed_A: assert property (
    @(posedge clk_i) refreshed_i |-> owed != '0 && (chosen_o || draining_o));
  OwedFits_A: assert property (@(posedge clk_i) !owed_q[31]);

endmodule
