// SPDX-License-Identifier: Apache-2.0
// Position of the highest bit that is set, 0 when there is none. Combinational. Not modelled: a
// flag for that; whoever asks knows.

module leading_one #(
  parameter int unsigned Width    = 64,  // at most a power of two
  localparam int unsigned TopWidth = $clog2(Width)
) (
  input  logic [Width-1:0]    value_i,
  output logic [TopWidth-1:0] top_o
);

  logic [(1 << TopWidth)-1:0] search;

  // Binary search: the highest half that is not empty, again and again.
  always_comb begin
    search = (1 << TopWidth)'(value_i);
    top_o  = '0;
    for (int b = TopWidth - 1; b >= 0; b--) begin
      if ((search >> (1 << b)) != '0) begin
        search   = search >> (1 << b);
        top_o[b] = 1'b1;
      end
    end
  end

endmodule
