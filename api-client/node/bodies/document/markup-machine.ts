// Reads XML and HTML byte by byte and says where lines break: each start tag, comment and instruction on a line of its own, an end tag beside its text.
// Nothing but space between lines is left out, and nothing is malformed for it: what it does not understand is text.

export const MODE = {
  text: 0,
  tag: 1,
  comment: 2,
  cdata: 3,
  instruction: 4,
  declaration: 5,
  less: 6,
  lessBang: 7,
  /** In HTML elements whose text is not to be touched; the element's place in RAW_ELEMENTS is added. */
  rawText: 8,
} as const

const RAW_ELEMENTS = ['script', 'style', 'pre', 'textarea']
const VOID_ELEMENTS = new Set(
  'area base br col embed hr img input link meta param source track wbr'.split(' '),
)
const LONGEST_NAME = 16
/** Space before a text that is kept when the text follows. */
const MOST_SPACE = 32

/** Takes what is printed. */
export interface MarkupSink {
  /** Bytes of the text as they stand; `from` and `to` are in the block. */
  bytes(block: Uint8Array, from: number, to: number): void
  byte(value: number): void
  /** The line ends; the next has this depth, or is not indented. `offset` is where it begins in the text, in `mode`. */
  newline(place: {
    readonly depth: number
    readonly offset: number
    readonly mode: number
    readonly isIndented: boolean
  }): void
  readonly isFull: boolean
}

export interface MarkupMachine {
  /** Reads a block that begins at `base`; gives how much of it was read. */
  feed(block: Uint8Array, base: number): number
  /** No more comes: what was held back is printed. */
  finish(): void
  readonly mode: number
  readonly depth: number
}

export interface MarkupStart {
  readonly language: 'xml' | 'html'
  readonly depth: number
  readonly mode: number
}

/** Makes a machine that stands at the beginning of a line. */
export function createMarkupMachine(sink: MarkupSink, start: MarkupStart): MarkupMachine {
  let { mode, depth } = start
  let isAtStart = true
  let needsBreak = false
  let afterStart = false
  let space: number[] = []
  let name = ''
  let isNaming = false
  let isEndTag = false
  let quote = 0
  let last = 0
  let beforeLast = 0
  let brackets = 0

  const breakLine = (offset: number, next: number = MODE.text): void => {
    needsBreak = false
    space = []
    afterStart = false
    if (!isAtStart) sink.newline({ depth, offset, mode: next, isIndented: true })
    isAtStart = true
  }
  const put = (byte: number): void => {
    sink.byte(byte)
    isAtStart = false
  }
  const putSpace = (): void => {
    if (!isAtStart) for (const byte of space) sink.byte(byte)
    space = []
  }
  /** A tag or comment begins on a line of its own. */
  const openMarkup = (offset: number, bytes: readonly number[], next: number): void => {
    breakLine(offset)
    for (const byte of bytes) put(byte)
    mode = next
    quote = 0
    brackets = 0
    last = 0
    beforeLast = 0
  }
  const openEndTag = (offset: number): void => {
    depth = Math.max(0, depth - 1)
    // The depth is that of its line already, so nobody can begin to read here.
    if (!afterStart || needsBreak) breakLine(offset, MODE.tag)
    putSpace()
    afterStart = false
    put(0x3c)
    put(0x2f)
    mode = MODE.tag
    quote = 0
    last = 0
    name = ''
    isNaming = true
    isEndTag = true
  }
  const less = (byte: number, offset: number): boolean => {
    if (byte === 0x2f) {
      openEndTag(offset - 1)
      return true
    }
    if (byte === 0x21) {
      mode = MODE.lessBang
      return true
    }
    if (byte === 0x3f) {
      openMarkup(offset - 1, [0x3c, 0x3f], MODE.instruction)
      return true
    }
    if (isNameStart(byte)) {
      openMarkup(offset - 1, [0x3c], MODE.tag)
      name = ''
      isNaming = true
      isEndTag = false
      return false
    }
    beginText(offset - 1)
    put(0x3c)
    mode = MODE.text
    return false
  }
  const beginText = (offset: number): void => {
    if (needsBreak) breakLine(offset)
    putSpace()
  }
  const lessBang = (byte: number, offset: number): boolean => {
    if (byte === 0x5b) {
      beginText(offset - 2)
      for (const known of [0x3c, 0x21, 0x5b]) put(known)
      mode = MODE.cdata
    } else {
      openMarkup(offset - 2, [0x3c, 0x21], byte === 0x2d ? MODE.comment : MODE.declaration)
      if (byte !== 0x2d) return false
      put(byte)
      // The dash counts for neither end: `<!-->` is no comment's end.
    }
    last = 0
    beforeLast = 0
    return true
  }
  const endTag = (): void => {
    const isSelfClosing = last === 0x2f
    mode = MODE.text
    if (isEndTag) return
    if (isSelfClosing || (start.language === 'html' && VOID_ELEMENTS.has(name))) {
      afterStart = false
      return
    }
    depth += 1
    afterStart = true
    const raw = start.language === 'html' ? RAW_ELEMENTS.indexOf(name) : -1
    if (raw !== -1) mode = MODE.rawText + raw
    name = ''
  }
  const inTag = (byte: number): void => {
    if (isNaming && isNamePart(byte) && name.length < LONGEST_NAME)
      name += String.fromCharCode(byte >= 0x41 && byte <= 0x5a ? byte + 32 : byte)
    else isNaming = false
    if (quote !== 0) {
      if (byte === quote) quote = 0
    } else if (byte === 0x3e) endTag()
    else if ((byte === 0x22 || byte === 0x27) && !isEndTag) quote = byte
    last = byte
  }
  /** A line break inside of markup or text that stays as it is. */
  const plainNewline = (offset: number): void => {
    sink.newline({ depth, offset: offset + 1, mode, isIndented: false })
    isAtStart = true
    afterStart = false
  }
  const inRawText = (byte: number): void => {
    // `name` is what has been read of `</script`.
    const wanted = `</${RAW_ELEMENTS[mode - MODE.rawText] ?? ''}`
    const character = String.fromCharCode(byte).toLowerCase()
    name = wanted.startsWith(name + character) ? name + character : character === '<' ? '<' : ''
    if (name !== wanted) return
    depth = Math.max(0, depth - 1)
    mode = MODE.tag
    quote = 0
    isEndTag = true
    isNaming = false
    last = 0
  }

  const feed = (block: Uint8Array, base: number): number => {
    const size = block.length
    let at = 0
    while (at < size && !sink.isFull) {
      const byte = block[at] ?? 0
      if (mode === MODE.text) {
        if (byte === 0x3c) {
          mode = MODE.less
          at += 1
        } else if (isSpace(byte)) {
          if (byte === 0x0a || space.length >= MOST_SPACE) needsBreak = true
          else space.push(byte)
          at += 1
        } else {
          beginText(base + at)
          const from = at
          while (at < size && !isSpaceOrLess(block[at] ?? 0)) at += 1
          sink.bytes(block, from, at)
          isAtStart = false
        }
        continue
      }
      if (mode === MODE.less) {
        if (less(byte, base + at)) at += 1
        continue
      }
      if (mode === MODE.lessBang) {
        if (lessBang(byte, base + at)) at += 1
        continue
      }
      at += 1
      if (byte === 0x0a) plainNewline(base + at - 1)
      else put(byte)
      switch (mode) {
        case MODE.tag:
          inTag(byte)
          break
        case MODE.comment:
          if (byte === 0x3e && last === 0x2d && beforeLast === 0x2d) mode = MODE.text
          break
        case MODE.cdata:
          if (byte === 0x3e && last === 0x5d && beforeLast === 0x5d) mode = MODE.text
          break
        case MODE.instruction:
          if (byte === 0x3e && last === 0x3f) mode = MODE.text
          break
        case MODE.declaration:
          if (byte === 0x5b) brackets += 1
          else if (byte === 0x5d) brackets -= 1
          else if (byte === 0x3e && brackets <= 0) mode = MODE.text
          break
        default:
          inRawText(byte)
      }
      beforeLast = last
      last = byte
    }
    return at
  }
  return {
    feed,
    finish() {
      if (mode === MODE.less || mode === MODE.lessBang) {
        beginText(0)
        sink.byte(0x3c)
        if (mode === MODE.lessBang) sink.byte(0x21)
      }
    },
    get mode() {
      return mode
    },
    get depth() {
      return depth
    },
  }
}

function isSpace(byte: number): boolean {
  return byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09
}

function isSpaceOrLess(byte: number): boolean {
  return byte === 0x3c || isSpace(byte)
}

function isNameStart(byte: number): boolean {
  return ((byte | 0x20) >= 0x61 && (byte | 0x20) <= 0x7a) || byte === 0x5f || byte === 0x3a || byte >= 0x80
}

function isNamePart(byte: number): boolean {
  return isNameStart(byte) || (byte >= 0x30 && byte <= 0x39) || byte === 0x2d || byte === 0x2e
}
