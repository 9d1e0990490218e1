// Formats in its own thread: a thousand statements take the formatter more than a second.
import { formatScript } from './format-script.ts'

self.onmessage = ({ data }: MessageEvent<string>) => self.postMessage(formatScript(data))
