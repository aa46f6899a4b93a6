% Entry for a batch process that runs somebody's own script with Spinach on
% the path, and under GNU Octave our compatibility functions. Reads from the
% environment HARNESS_SPINACH_ROOT and HARNESS_SCRIPT (path of an m-file: a
% script, or a function without arguments). An error in it is printed with
% file and line, and ends the process with status 1.

harness_no_dumps();
harness_call(getenv('HARNESS_SPINACH_ROOT'),getenv('HARNESS_SCRIPT'));
