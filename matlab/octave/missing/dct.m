% Discrete cosine transform of type II with orthonormal scaling,
% X_k=w_k*sum_n x_n*cos(pi*(2n-1)*(k-1)/(2N)), w_1=sqrt(1/N), otherwise
% w_k=sqrt(2/N). Syntax:
%
%           X=dct(x)
%
% Inputs:
%
%    x   - vector, or matrix whose columns are transformed
%
% Outputs:
%
%    X   - array of the size of x

function X=dct(x)

grumble(x);
if isrow(x), X=dct(x.').'; return; end
n=size(x,1);
table=cos(pi*(0:(n-1)).'*(2*(1:n)-1)/(2*n))*sqrt(2/n);
table(1,:)=table(1,:)/sqrt(2);
X=table*x;

end

% Consistency enforcement
function grumble(x)
if ~isnumeric(x)||ndims(x)>2||isempty(x)
    error('dct:type','x must be a numeric vector or matrix.');
end
end

%!assert(dct([1 1 1 1]),[2 0 0 0],1e-15)
%!test x=[3;-1;4;1.5;-9]; assert(norm(dct(x)),norm(x),1e-14); % orthonormal
%!test x=[1;2;3]; assert(dct(x)(2),sqrt(2/3)*(cos(pi/6)+2*cos(pi/2)+3*cos(5*pi/6)),1e-15);
%!assert(dct([1 2;3 4]),[dct([1;3]) dct([2;4])],1e-15)
