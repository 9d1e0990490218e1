// Runs inside of the sandbox: what scripts of Node and of browsers count on: Buffer, URL, URLSearchParams, querystring.
;(function (global) {
  'use strict'
  const guest = global.__guest

  const decoded = (text) => {
    const spaced = text.replaceAll('+', ' ')
    try {
      return decodeURIComponent(spaced)
    } catch {
      return spaced
    }
  }
  const encoded = (text) => encodeURIComponent(String(text).toWellFormed()).replaceAll('%20', '+')

  class URLSearchParams {
    constructor(given = '') {
      const pairs =
        typeof given === 'string'
          ? given
              .replace(/^\?/, '')
              .split('&')
              .filter((one) => one !== '')
              .map((one) => {
                const at = one.indexOf('=')
                return at < 0 ? [decoded(one), ''] : [decoded(one.slice(0, at)), decoded(one.slice(at + 1))]
              })
          : typeof given[Symbol.iterator] === 'function'
            ? [...given]
            : Object.entries(given)
      Object.defineProperty(this, 'list', {
        writable: true,
        value: pairs.map(([name, value]) => [String(name), String(value)]),
      })
    }
    append(name, value) {
      this.list.push([String(name), String(value)])
    }
    delete(name) {
      this.list = this.list.filter(([one]) => one !== String(name))
    }
    get(name) {
      return this.list.find(([one]) => one === String(name))?.[1] ?? null
    }
    getAll(name) {
      return this.list.filter(([one]) => one === String(name)).map(([, value]) => value)
    }
    has(name) {
      return this.list.some(([one]) => one === String(name))
    }
    set(name, value) {
      const at = this.list.findIndex(([one]) => one === String(name))
      if (at < 0) return this.append(name, value)
      this.list = this.list.filter(([one], index) => one !== String(name) || index === at)
      this.list[at] = [String(name), String(value)]
    }
    sort() {
      this.list.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
    }
    forEach(callback) {
      this.list.forEach(([name, value]) => callback(value, name, this))
    }
    keys() {
      return this.list.map(([name]) => name)[Symbol.iterator]()
    }
    values() {
      return this.list.map(([, value]) => value)[Symbol.iterator]()
    }
    entries() {
      return this.list[Symbol.iterator]()
    }
    [Symbol.iterator]() {
      return this.entries()
    }
    get size() {
      return this.list.length
    }
    toString() {
      return this.list.map(([name, value]) => `${encoded(name)}=${encoded(value)}`).join('&')
    }
  }

  const WHOLE =
    /^([a-z][a-z0-9+.-]*:)\/\/(?:([^/?#@]*)@)?(\[[^\]]*\]|[^/?#:]*)(?::(\d*))?([^?#]*)(\?[^#]*)?(#.*)?$/is
  const PORTS = { 'http:': '80', 'https:': '443', 'ws:': '80', 'wss:': '443' }
  class URL {
    constructor(given, base) {
      let text = String(given).trim()
      let match = WHOLE.exec(text)
      if (match === null && base !== undefined) {
        const from = new URL(base)
        if (text.startsWith('//')) text = `${from.protocol}${text}`
        else if (text.startsWith('/')) text = `${from.origin}${text}`
        else if (text.startsWith('?')) text = `${from.origin}${from.pathname}${text}`
        else if (text.startsWith('#')) text = `${from.origin}${from.pathname}${from.search}${text}`
        else text = `${from.origin}${from.pathname.replace(/[^/]*$/, '')}${text}`
        match = WHOLE.exec(text)
      }
      if (match === null) throw new TypeError(`Invalid URL: ${text.slice(0, 200)}`)
      const [, protocol, account = '', hostname, port = '', path, search = '', hash = ''] = match
      const [username = '', password = ''] = account.split(':')
      this.protocol = protocol.toLowerCase()
      this.username = username
      this.password = password
      this.hostname = hostname.toLowerCase()
      this.port = port === PORTS[this.protocol] ? '' : port
      this.pathname = withoutDots(path)
      this.hash = hash === '#' ? '' : hash
      this.searchParams = new URLSearchParams(search)
      Object.defineProperty(this, 'written', {
        writable: true,
        value: { search, query: this.searchParams.toString() },
      })
    }
    get host() {
      return `${this.hostname}${this.port === '' ? '' : `:${this.port}`}`
    }
    get origin() {
      return `${this.protocol}//${this.host}`
    }
    /** As it was written, until its parameters are changed. */
    get search() {
      const query = this.searchParams.toString()
      if (query === this.written.query) return this.written.search === '?' ? '' : this.written.search
      return query === '' ? '' : `?${query}`
    }
    set search(text) {
      const search = text === '' || String(text).startsWith('?') ? String(text) : `?${text}`
      this.searchParams = new URLSearchParams(search)
      this.written = { search, query: this.searchParams.toString() }
    }
    get href() {
      const account =
        this.username === '' ? '' : `${this.username}${this.password === '' ? '' : `:${this.password}`}@`
      return `${this.protocol}//${account}${this.host}${this.pathname}${this.search}${this.hash}`
    }
    toString() {
      return this.href
    }
    toJSON() {
      return this.href
    }
    static canParse(given, base) {
      try {
        return Boolean(new URL(given, base))
      } catch {
        return false
      }
    }
  }
  const withoutDots = (path) => {
    const kept = []
    const segments = path.split('/').slice(1)
    segments.forEach((one, index) => {
      if (one === '..') kept.pop()
      if (one !== '..' && one !== '.') kept.push(one)
      else if (index === segments.length - 1) kept.push('')
    })
    return `/${kept.join('/')}`
  }
  Object.assign(global, { URL, URLSearchParams })

  const CODES = {
    base64: [guest.bytesOfBase64, guest.base64OfBytes],
    base64url: [
      guest.bytesOfBase64,
      (bytes) => guest.base64OfBytes(bytes).replace(/\+/g, '-').replace(/\//g, '_').replace(/=/g, ''),
    ],
    hex: [
      (text) => Uint8Array.from(text.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16)),
      (bytes) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join(''),
    ],
    latin1: [
      (text) => Uint8Array.from(text, (sign) => sign.charCodeAt(0) & 255),
      (bytes) => Array.from(bytes, (byte) => String.fromCharCode(byte)).join(''),
    ],
    utf8: [guest.utf8, (bytes) => guest.textOfUtf8(bytes)],
  }
  const codeOf = (name) => {
    const plain = String(name ?? 'utf8')
      .toLowerCase()
      .replace(/^utf-8$/, 'utf8')
      .replace(/^(binary|ascii)$/, 'latin1')
    if (!Object.hasOwn(CODES, plain)) throw new TypeError(`Unknown encoding: ${name}`)
    return CODES[plain]
  }
  class Buffer extends Uint8Array {
    static from(given, encoding) {
      const bytes =
        typeof given === 'string' ? codeOf(encoding)[0](given) : new Uint8Array(given.buffer ?? given)
      const buffer = new Buffer(bytes.length)
      buffer.set(bytes)
      return buffer
    }
    static alloc(size, fill = 0) {
      return new Buffer(size).fill(fill)
    }
    static isBuffer(one) {
      return one instanceof Buffer
    }
    static byteLength(text, encoding) {
      return typeof text === 'string' ? codeOf(encoding)[0](text).length : text.byteLength
    }
    static concat(list) {
      return Buffer.from(Uint8Array.from(list.flatMap((one) => [...one])))
    }
    toString(encoding) {
      return codeOf(encoding)[1](this)
    }
    equals(other) {
      return this.length === other.length && this.every((byte, at) => byte === other[at])
    }
    toJSON() {
      return { type: 'Buffer', data: [...this] }
    }
  }
  global.Buffer = Buffer

  /** Hashes of Node's crypto, which the host computes. */
  class Hash {
    constructor(algorithm, key) {
      Object.defineProperty(this, 'given', {
        value: { algorithm: String(algorithm).toLowerCase(), key, parts: [] },
      })
    }
    update(data, encoding) {
      this.given.parts.push(Buffer.from(data, encoding))
      return this
    }
    digest(encoding) {
      const { algorithm, key, parts } = this.given
      const text = guest.host(
        'hash',
        guest.stringify({
          algorithm: algorithm.replace('-', ''),
          data: Buffer.concat(parts).toString('base64'),
          ...(key === undefined ? {} : { key: Buffer.from(key).toString('base64') }),
        }),
      )
      if (text === '') throw new Error(`The hash “${algorithm}” is not known.`)
      const bytes = Buffer.from(text, 'hex')
      return encoding === undefined ? bytes : bytes.toString(encoding)
    }
  }
  Object.assign(global.crypto, {
    createHash: (algorithm) => new Hash(algorithm),
    createHmac: (algorithm, key) => new Hash(algorithm, key),
    randomBytes: (count) => global.crypto.getRandomValues(Buffer.alloc(count)),
  })

  guest.querystring = {
    parse(text) {
      const object = {}
      for (const [name, value] of new URLSearchParams(String(text))) {
        const known = Object.hasOwn(object, name) ? object[name] : undefined
        Object.defineProperty(object, name, {
          configurable: true,
          enumerable: true,
          writable: true,
          value: known === undefined ? value : [...[].concat(known), value],
        })
      }
      return object
    },
    stringify: (object) =>
      Object.entries(object)
        .flatMap(([name, value]) =>
          [].concat(value).map((one) => `${encodeURIComponent(name)}=${encodeURIComponent(one)}`),
        )
        .join('&'),
    escape: encodeURIComponent,
    unescape: decodeURIComponent,
  }
})(globalThis)
