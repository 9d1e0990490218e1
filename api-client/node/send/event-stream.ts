// Server-sent events, parsed while they come, as HTML's standard has it (9.2.6, "Interpreting an event stream").

/** Characters of one event; what is longer is cut, so that an endless line fills no memory. */
const MOST_CHARACTERS = 4_000_000

export interface ServerEvent {
  /** `message` unless the server names it. */
  readonly event: string
  /** The last id that was given. */
  readonly id: string
  readonly data: string
}

/** Takes the bytes of a stream and gives the events that are complete. */
export class EventStreamParser {
  readonly #decoder = new TextDecoder('utf-8')
  #buffer = ''
  #endedWithReturn = false
  #data: string[] = []
  #dataLength = 0
  #event = ''
  #id = ''
  /** Milliseconds that the server wants a client to wait before it comes again; null when it did not say. */
  retryMs: number | null = null

  push(chunk: Uint8Array): ServerEvent[] {
    let text = this.#decoder.decode(chunk, { stream: true })
    if (text === '') return []
    // A CR at the end of the last chunk ended its line: an LF now belongs to it.
    if (this.#endedWithReturn && text.startsWith('\n')) text = text.slice(1)
    this.#endedWithReturn = text.endsWith('\r')
    const lines = (this.#buffer + text).split(/\r\n|\r|\n/)
    this.#buffer = (lines.pop() ?? '').slice(0, MOST_CHARACTERS)
    const events: ServerEvent[] = []
    for (const line of lines) {
      const event = this.#line(line)
      if (event !== null) events.push(event)
    }
    return events
  }

  #line(line: string): ServerEvent | null {
    if (line === '') return this.#dispatch()
    const colon = line.indexOf(':')
    if (colon === 0) return null
    const field = colon < 0 ? line : line.slice(0, colon)
    const rawValue = colon < 0 ? '' : line.slice(colon + 1)
    const value = rawValue.startsWith(' ') ? rawValue.slice(1) : rawValue
    if (field === 'data') {
      const room = MOST_CHARACTERS - this.#dataLength
      if (room > 0) this.#data.push(value.slice(0, room))
      this.#dataLength += value.length + 1
    } else if (field === 'event') this.#event = value
    else if (field === 'id') {
      if (!value.includes('\0')) this.#id = value
    } else if (field === 'retry' && /^[0-9]+$/.test(value)) this.retryMs = Number(value)
    return null
  }

  #dispatch(): ServerEvent | null {
    const event = this.#data.length === 0 ? null : this.#current()
    this.#data = []
    this.#dataLength = 0
    this.#event = ''
    return event
  }

  #current(): ServerEvent {
    return { event: this.#event === '' ? 'message' : this.#event, id: this.#id, data: this.#data.join('\n') }
  }
}
