// Sizes and timeouts that both sides of a process boundary agree on.

/** Protocol version carried in `hello`; raise it when a frame changes its meaning. */
export const PROTOCOL_VERSION = 1
/** How many items a stream may send before the reader grants more. */
export const STREAM_INITIAL_CREDIT = 8
/** Largest frame a transport accepts, in bytes. */
export const MAX_FRAME_BYTES = 64 * 1024 * 1024
/** How long `hello` may take, in milliseconds. */
export const HELLO_TIMEOUT_MS = 10_000
/** Rows of a column batch, at most. */
export const BATCH_MAX_ROWS = 2_000
/** Bytes of a column batch after which it is closed, whichever of the two comes first. */
export const BATCH_MAX_BYTES = 256 * 1024
/** Rows that the grid asks for in one window. */
export const WINDOW_ROWS = 500
