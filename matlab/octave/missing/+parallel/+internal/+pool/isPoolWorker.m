% Whether this process is a worker of a parallel pool. GNU Octave has no
% pools, so the honest answer for a caller that asks "may I open a pool, or
% must I run serially?" is the one a worker gives. Syntax:
%
%           answer=parallel.internal.pool.isPoolWorker()
%
% Inputs:
%
%    none
%
% Outputs:
%
%    answer  - logical true, always: take the serial branch
%
% Octave only; MATLAB has its own and this folder is not on its path.

function answer=isPoolWorker()

answer=true();

end

%!assert(islogical(parallel.internal.pool.isPoolWorker()))
%!assert(parallel.internal.pool.isPoolWorker())
