% Bytes of a text, to be handed over in a .mat file; the way back is
% harness_text.m, which says why. Syntax:
%
%           bytes=harness_bytes(text)
%
% Inputs:
%
%    text   - character row
%
% Outputs:
%
%    bytes  - uint8 row, UTF-8 under MATLAB

function bytes=harness_bytes(text)

grumble(text);
if exist('OCTAVE_VERSION','builtin')~=0
    bytes=reshape(uint8(text),1,[]);
else
    bytes=unicode2native(reshape(text,1,[]),'UTF-8');
end

end

% Consistency enforcement
function grumble(text)
if ~ischar(text)
    error('harness:text','a text must be a character row.');
end
end

%!assert(harness_bytes('räum'),uint8([114 195 164 117 109]))
%!assert(harness_bytes(''),zeros(1,0,'uint8'))
%!error <character row> harness_bytes(3);
