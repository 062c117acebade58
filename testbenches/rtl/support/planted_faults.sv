// SPDX-License-Identifier: Apache-2.0
// Which planted fault of plant_faults.cmake a model has: +fault=N on its command line, else the first.

package planted_faults;

  function automatic int chosen();
    int number;
    if ($value$plusargs("fault=%d", number) == 0) begin
      number = 1;
    end
    return number;
  endfunction

  int planted = chosen();

endpackage
