% Value to a row of bytes, the same for equal values and different for
% unequal ones: class, sparsity, complexity, size and content all count, so
% a full matrix and the sparse matrix equal to it give different bytes.
% Syntax:
%
%           bytes=serializeToBytes(value)
%
% Inputs:
%
%    value   - numeric, logical, char, cell, struct, function handle or
%              table; anything inside may be nested
%
% Outputs:
%
%    bytes   - uint8 row
%
% MATLAB documents no byte layout; only "equal value, equal bytes" is guaranteed.

function bytes=serializeToBytes(value)

grumble(value);
shape=typecast(double(size(value)),'uint8');
bytes=[tag(class(value)) uint8(numel(size(value))) shape];
if iscell(value)
    parts=cellfun(@serializeToBytes,reshape(value,1,[]),'UniformOutput',false);
    bytes=[bytes parts{:}];
elseif isstruct(value)
    names=fieldnames(value);
    for n=1:numel(names)
        content=reshape({value.(names{n})},1,[]);
        bytes=[bytes tag(names{n}) serializeToBytes(content)]; %#ok<AGROW>
    end
elseif isa(value,'function_handle')
    bytes=[bytes tag(func2str(value))];
elseif isobject(value)
    bytes=[bytes serializeToBytes(struct(value))];
elseif issparse(value)
    [rows,cols,vals]=find(value);
    bytes=[bytes uint8(1) serializeToBytes([rows(:) cols(:)]) serializeToBytes(vals(:))];
else
    bytes=[bytes uint8(0) raw(value)];
end

end

% A short text with its length in front
function bytes=tag(text)
bytes=[typecast(uint32(numel(text)),'uint8') uint8(text(:).')];
end

% Memory content of a full array
function bytes=raw(value)
value=reshape(value,1,[]);
if islogical(value)||ischar(value)
    bytes=uint8(value);
elseif isempty(value)
    bytes=zeros(1,0,'uint8');
elseif iscomplex(value)
    bytes=[uint8(1) typecast(real(value),'uint8') typecast(imag(value),'uint8')];
else
    bytes=[uint8(0) typecast(value,'uint8')];
end
end

% Consistency enforcement
function grumble(value)
if ~(isnumeric(value)||islogical(value)||ischar(value)||iscell(value)||...
     isstruct(value)||isa(value,'function_handle')||isobject(value))
    error('serializeToBytes:type','a value of class %s cannot be turned into bytes.',class(value));
end
end

%!assert(serializeToBytes([1 2 3]),serializeToBytes([1 2 3]))
%!assert(class(serializeToBytes({1,'a'})),'uint8')
%!assert(isrow(serializeToBytes(eye(3))))
%!assert(~isequal(serializeToBytes(eye(3)),serializeToBytes(sparse(eye(3)))))
%!assert(~isequal(serializeToBytes([1 2 3]),serializeToBytes([1;2;3])))
%!assert(~isequal(serializeToBytes(1),serializeToBytes(single(1))))
%!assert(~isequal(serializeToBytes(1),serializeToBytes(1+1i)))
%!assert(~isequal(serializeToBytes({'ab','c'}),serializeToBytes({'a','bc'})))
%!assert(~isequal(serializeToBytes(struct('a',1)),serializeToBytes(struct('b',1))))
%!assert(isequal(serializeToBytes(struct('a',{1,2})),serializeToBytes(struct('a',{1,2}))))
