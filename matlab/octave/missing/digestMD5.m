% MD5 digest (RFC 1321) of a row of bytes. Syntax:
%
%           digest=digestMD5(bytes)
%
% Inputs:
%
%    bytes   - uint8 array
%
% Outputs:
%
%    digest  - uint8 row of 16 elements

function digest=digestMD5(bytes)

grumble(bytes);
text=hash('md5',char(bytes(:).'));
digest=uint8(hex2dec(reshape(text,2,[]).')).';

end

% Consistency enforcement
function grumble(bytes)
if ~isa(bytes,'uint8')
    error('digestMD5:type','bytes must be uint8, not %s.',class(bytes));
end
end

% The test suite printed in RFC 1321, appendix A.5
%!assert(sprintf('%.2x',digestMD5(uint8('abc'))),'900150983cd24fb0d6963f7d28e17f72')
%!assert(sprintf('%.2x',digestMD5(uint8('message digest'))),'f96b697d7cb7938d525a2f31aaf161d0')
%!assert(sprintf('%.2x',digestMD5(zeros(1,0,'uint8'))),'d41d8cd98f00b204e9800998ecf8427e')
%!assert(size(digestMD5(uint8(0:255))),[1 16])
%!error <uint8> digestMD5('abc')
