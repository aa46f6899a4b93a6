% Entry for a batch process. Reads the names of the request and the result
% file from the environment (HARNESS_REQUEST, HARNESS_RESULT), so that no
% name is ever part of a command line that something interprets. Started
% in this folder as
%
%           octave-cli harness_main.m        matlab -batch harness_main

harness_no_dumps();
harness_run(getenv('HARNESS_REQUEST'),getenv('HARNESS_RESULT'));
