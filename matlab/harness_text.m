% Character row of a text that was handed over as bytes. A .mat file counts
% the characters of a text and readers count its bytes, so that a path with
% letters outside ASCII would lose its end on the way. Syntax:
%
%           text=harness_text(bytes)
%
% Inputs:
%
%    bytes  - uint8 row, as the operating system has the text; a character
%             row is handed back as it is
%
% Outputs:
%
%    text   - character row: bytes again under GNU Octave, whose strings are
%             bytes, and UTF-16 under MATLAB, whose strings are that

function text=harness_text(bytes)

grumble(bytes);
if ischar(bytes)
    text=bytes;
elseif exist('OCTAVE_VERSION','builtin')~=0
    text=reshape(char(bytes),1,[]);
else
    text=native2unicode(reshape(bytes,1,[]),'UTF-8');
end

end

% Consistency enforcement
function grumble(bytes)
if ~ischar(bytes)&&~isa(bytes,'uint8')
    error('harness:text','a text must be a character row or a row of bytes (uint8).');
end
end

%!assert(harness_text(uint8([114 195 164 117 109])),'räum')
%!assert(harness_text('as it is'),'as it is')
%!assert(harness_text(zeros(1,0,'uint8')),reshape('',1,0))
%!assert(harness_bytes(harness_text(uint8(1:255))),uint8(1:255))
%!error <row of bytes> harness_text(3);
