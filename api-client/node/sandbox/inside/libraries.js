// Runs inside of the sandbox: libraries that are evaluated when a script first asks for them.
;(function (global) {
  'use strict'
  const guest = global.__guest
  const { host } = guest

  const loaded = new Map()
  /** A CommonJS module by its name in the host's list. */
  guest.library = function library(name) {
    if (loaded.has(name)) return loaded.get(name)
    const text = host('library', name)
    if (text === '') throw new Error(`“${name}” could not be read.`)
    const module = { exports: {} }
    new Function('module', 'exports', 'require', text)(module, module.exports, guest.require)
    loaded.set(name, module.exports)
    return module.exports
  }

  /** A global that is made when it is first read. */
  guest.lazily = function lazily(name, make) {
    const define = (value) =>
      Object.defineProperty(global, name, { configurable: true, enumerable: false, writable: true, value })
    Object.defineProperty(global, name, {
      configurable: true,
      get() {
        // A library may look for its own name while it is evaluated.
        define(undefined)
        const value = make()
        define(value)
        return value
      },
      set: define,
    })
  }

  // The oldest scripts ask so whether a text has another in it.
  Object.defineProperty(String.prototype, 'has', {
    configurable: true,
    writable: true,
    value(part) {
      return this.includes(part)
    },
  })

  global.crypto = {
    getRandomValues(array) {
      const bytes = new Uint8Array(array.buffer, array.byteOffset, array.byteLength)
      for (let at = 0; at < bytes.length; at++) bytes[at] = Math.floor(Math.random() * 256)
      return array
    },
    randomUUID: () => host('dynamic', 'guid'),
  }

  const ENTITIES = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" }
  const unescaped = (text) =>
    text.replace(/&(?:#x([0-9a-f]{1,6})|#(\d{1,7})|(\w+));/gi, (written, hex, decimal, name) => {
      if (name !== undefined) return ENTITIES[name] ?? written
      const code = hex === undefined ? Number(decimal) : Number.parseInt(hex, 16)
      return code > 0x10ffff ? written : String.fromCodePoint(code)
    })
  const TOKEN =
    /<!--[\s\S]*?-->|<!\[CDATA\[([\s\S]*?)\]\]>|<\?[\s\S]*?\?>|<!DOCTYPE(?:[^>[]|\[[\s\S]*?\])*>|<\/\s*([^\s>]+)\s*>|<([^\s/>!?]+)((?:"[^"]*"|'[^']*'|[^"'>])*?)(\/?)>|([^<]+)/gi
  const ATTRIBUTE = /([^\s=/]+)\s*=\s*(?:"([^"]*)"|'([^']*)')/g

  /** XML as xml2js gives it: attributes in `$`, text in `_` beside them. */
  function readXml(xml, { isList, isTrimmed, mergesAttributes, keepsRoot, attributes: keepsAttributes }) {
    const root = { name: '', fields: {}, text: '', isPlain: true }
    const open = [root]
    const put = (fields, name, value) => {
      const known = Object.hasOwn(fields, name) ? fields[name] : undefined
      const next = known === undefined ? (isList ? [value] : value) : [...[].concat(known), value]
      Object.defineProperty(fields, name, {
        configurable: true,
        enumerable: true,
        writable: true,
        value: next,
      })
    }
    const close = () => {
      const { name, fields, text, isPlain } = open.pop()
      const kept = isTrimmed || text.trim() === '' ? text.trim() : text
      if (!isPlain && kept !== '') fields._ = kept
      put(open.at(-1).fields, name, isPlain ? kept : fields)
      open.at(-1).isPlain = false
    }
    let end = 0
    for (const match of String(xml)
      .replace(/^\uFEFF/, '')
      .trim()
      .matchAll(TOKEN)) {
      if (match.index !== end) throw new Error(`The XML cannot be read at character ${end}.`)
      end = match.index + match[0].length
      const [, cdata, closed, opened, given, isEmpty, text] = match
      const top = open.at(-1)
      if (cdata !== undefined) top.text += cdata
      else if (text !== undefined) {
        if (open.length === 1 && text.trim() !== '')
          throw new Error('The text is no XML: there is text outside of its root.')
        top.text += unescaped(text)
      } else if (opened !== undefined) {
        const one = { name: opened, fields: {}, text: '', isPlain: true }
        if (keepsAttributes)
          for (const [, name, double, single] of given.matchAll(ATTRIBUTE)) {
            one.isPlain = false
            if (mergesAttributes) put(one.fields, name, unescaped(double ?? single))
            else (one.fields.$ ??= {})[name] = unescaped(double ?? single)
          }
        open.push(one)
        if (isEmpty === '/') close()
      } else if (closed !== undefined) {
        if (top.name !== closed) throw new Error(`The XML cannot be read: </${closed}> closes <${top.name}>.`)
        close()
      }
    }
    if (open.length > 1) throw new Error(`The XML cannot be read: <${open.at(-1).name}> is never closed.`)
    const [name] = Object.keys(root.fields)
    if (name === undefined) throw new Error('The text is no XML.')
    const value = isList ? root.fields[name][0] : root.fields[name]
    return keepsRoot ? { [name]: value } : value
  }
  const xmlOptions = (given, isList) => ({
    isList: given.explicitArray ?? isList,
    isTrimmed: given.trim ?? false,
    mergesAttributes: given.mergeAttrs ?? false,
    keepsRoot: given.explicitRoot ?? true,
    attributes: given.ignoreAttrs !== true,
  })
  global.xml2Json = (xml) => readXml(xml, xmlOptions({ trim: true }, false))
  const parseString = (xml, options, callback) => {
    const done = typeof options === 'function' ? options : callback
    let result
    try {
      result = readXml(xml, xmlOptions(typeof options === 'object' ? options : {}, true))
    } catch (error) {
      if (done === undefined) throw error
      return void done(error)
    }
    done?.(null, result)
  }
  const parseStringPromise = async (xml, options = {}) => readXml(xml, xmlOptions(options, true))
  const xml2js = {
    parseString,
    parseStringPromise,
    Parser: class {
      constructor(options = {}) {
        this.parseString = (xml, callback) => parseString(xml, options, callback)
        this.parseStringPromise = (xml) => parseStringPromise(xml, options)
      }
    },
  }

  /** CSV by RFC 4180, as csv-parse's sync form gives it. */
  function readCsv(given, options = {}) {
    const sign = options.delimiter ?? ','
    const rows = []
    let row = []
    const cell = (text) => row.push(options.trim === true ? text.trim() : text)
    const endRow = () => {
      const isBare = row.length === 1 && row[0] === ''
      if (!(isBare && (options.skip_empty_lines ?? true))) rows.push(row)
      row = []
    }
    const text = String(given).replace(/^\uFEFF/, '')
    let at = 0
    while (at < text.length) {
      if (text[at] === '"') {
        let value = ''
        for (at++; at < text.length; at++) {
          if (text[at] !== '"') value += text[at]
          else if (text[at + 1] === '"') value += text[at++]
          else break
        }
        at++
        cell(value)
      } else {
        const rest = text.slice(at).search(/[\r\n]/)
        const line = rest < 0 ? text.length : at + rest
        const next = text.indexOf(sign, at)
        const stop = next < 0 || next > line ? line : next
        cell(text.slice(at, stop))
        at = stop
      }
      if (text.startsWith(sign, at)) {
        at += sign.length
        if (at >= text.length || /[\r\n]/.test(text[at])) cell('')
      }
      if (text[at] === '\r' || text[at] === '\n') {
        at += text.startsWith('\r\n', at) ? 2 : 1
        endRow()
      }
    }
    if (row.length > 0) endRow()
    if (options.columns === undefined || options.columns === false) return rows
    const names = Array.isArray(options.columns) ? options.columns : (rows.shift() ?? [])
    return rows.map((one) => Object.fromEntries(names.map((name, index) => [name, one[index]])))
  }

  guest.parsers = { xml2js, readCsv }
})(globalThis)
