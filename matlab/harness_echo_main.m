% Entry for a batch process: answers a file of spin-echo jobs with a file of
% curves. The names of both come from the environment (HARNESS_REQUEST,
% HARNESS_RESULT), so that no name is part of a command line. The request
% holds "jobs", a cell row of structures as harness_echo.m describes them;
% the result holds "real" and "imag", one row for each job.

harness_no_dumps();
harness_echo_run(getenv('HARNESS_REQUEST'),getenv('HARNESS_RESULT'));
