-- Asks no more after so many answers; `wrk … -s arrete.lua URL 1000`.
local reste

function init(arguments) reste = tonumber(arguments[1]) end

function response()
  reste = reste - 1
  if reste <= 0 then wrk.thread:stop() end
end
