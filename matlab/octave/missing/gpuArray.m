% Array on a graphics card. GNU Octave has none: the class exists so that
% classes which name it as inferior can be defined, and making an object of
% it is refused. Syntax:
%
%           gpuArray(x)
%
% Inputs:
%
%    x    - any value
%
% Outputs:
%
%    none: always an error, as in MATLAB without a supported device

classdef gpuArray

    methods

        % Constructor
        function obj=gpuArray(varargin)
            error('gpuArray:device','GNU Octave has no graphics card arrays.');
        end

    end

end
