// Runs inside of the sandbox: the request and the response as Postman's scripts know them.
;(function (global) {
  'use strict'
  const guest = global.__guest
  const { PropertyList } = guest

  class Url {
    constructor(text) {
      this.update(text)
    }
    update(text) {
      const whole = typeof text === 'object' && text !== null && 'raw' in text ? text.raw : text
      const [, base, query] = /^([^?#]*)(?:\?([^#]*))?/.exec(String(whole)) ?? ['', '', '']
      const [, protocol, authority, path] = /^(?:([^:/?#{}]+):\/\/)?([^/]*)(.*)$/s.exec(base) ?? []
      const [, host, port] = /^(.*?)(?::(\d+|\{\{[^}]*\}\}))?$/.exec(authority ?? '') ?? []
      this.protocol = protocol
      this.host = (host ?? '').split('.')
      this.port = port
      this.path = (path ?? '').replace(/^\//, '').split('/')
      Object.defineProperty(this, 'base', { value: base, configurable: true })
      this.query = new PropertyList(
        (query ?? '')
          .split('&')
          .filter((one) => one !== '')
          .map((one) => {
            const at = one.indexOf('=')
            return at < 0 ? { name: one, value: null } : { name: one.slice(0, at), value: one.slice(at + 1) }
          }),
        false,
      )
    }
    getHost() {
      return this.host.join('.')
    }
    getRemote() {
      return `${this.getHost()}${this.port === undefined ? '' : `:${this.port}`}`
    }
    getPath() {
      return `/${this.path.join('/')}`
    }
    getQueryString() {
      return this.query
        .filter((one) => one.disabled !== true)
        .map(({ key, value }) => (value === null ? key : `${key}=${value}`))
        .join('&')
    }
    getPathWithQuery() {
      const query = this.getQueryString()
      return `${this.getPath()}${query === '' ? '' : `?${query}`}`
    }
    addQueryParams(given) {
      const pairs = typeof given === 'string' ? new Url(`?${given}`).query.all() : [].concat(given)
      for (const pair of pairs) this.query.add(pair)
    }
    removeQueryParams(names) {
      for (const one of [].concat(names)) this.query.remove(one)
    }
    toString() {
      const path =
        this.path.length === 1 && this.path[0] === '' && !this.base.endsWith('/') ? '' : this.getPath()
      const query = this.getQueryString()
      return `${this.protocol === undefined ? '' : `${this.protocol}://`}${this.getRemote()}${path}${query === '' ? '' : `?${query}`}`
    }
    toJSON() {
      return this.toString()
    }
  }

  class Body {
    constructor(body) {
      this.#read(body)
    }
    #read(body) {
      this.mode = { text: 'raw', form: 'urlencoded', multipart: 'formdata', file: 'file' }[body.type]
      this.raw = body.type === 'text' ? body.text : undefined
      this.urlencoded = body.type === 'form' ? new PropertyList(body.fields, false) : undefined
      this.formdata = body.type === 'multipart' ? new PropertyList(body.fields, false) : undefined
      this.file = body.type === 'file' ? { src: body.path } : undefined
      this.options = body.type === 'text' ? { raw: { language: body.language } } : undefined
    }
    update(given) {
      this.#read(guest.bodyOf(given))
    }
    isEmpty() {
      return this.mode === undefined || this.toString() === ''
    }
    toString() {
      if (this.mode === 'urlencoded')
        return this.urlencoded
          .map(({ key, value }) => `${encodeURIComponent(key)}=${encodeURIComponent(value)}`)
          .join('&')
      return this.raw ?? ''
    }
    /** As the host takes it. */
    toHost() {
      const fields = (list) =>
        list instanceof PropertyList ? list.pairs() : new PropertyList(namesOf(list), false).pairs()
      if (this.mode === 'raw')
        return {
          type: 'text',
          text: typeof this.raw === 'string' ? this.raw : (guest.stringify(this.raw) ?? ''),
          language: String(this.options?.raw?.language ?? 'text'),
        }
      if (this.mode === 'urlencoded') return { type: 'form', fields: fields(this.urlencoded) }
      if (this.mode === 'formdata') return { type: 'multipart', fields: fields(this.formdata) }
      if (this.mode === 'file') return { type: 'file', path: String(this.file?.src ?? '') }
      return { type: 'none' }
    }
  }

  const namesOf = (list) =>
    Array.isArray(list)
      ? list
          .filter((one) => one?.disabled !== true)
          .map((one) => ({ name: String(one?.key ?? one?.name), value: String(one?.value ?? '') }))
      : Object.entries(list ?? {}).map(([name, value]) => ({ name, value: String(value) }))

  /** A body as scripts write it: text, or Postman's { mode, … }. */
  guest.bodyOf = function bodyOf(given) {
    if (given === undefined || given === null) return { type: 'none' }
    if (typeof given !== 'object') return { type: 'text', text: String(given), language: 'text' }
    if (given instanceof Body) return given.toHost()
    if (given.mode === 'urlencoded') return { type: 'form', fields: namesOf(given.urlencoded) }
    if (given.mode === 'formdata') return { type: 'multipart', fields: namesOf(given.formdata) }
    if (given.mode === 'file') throw new Error('Scripts cannot send files.')
    if (given.mode === 'graphql')
      return { type: 'text', text: guest.stringify(given.graphql ?? {}), language: 'json' }
    if (given.mode !== undefined && given.raw === undefined) return { type: 'none' }
    const raw = given.mode === undefined ? given : given.raw
    return typeof raw === 'string'
      ? { type: 'text', text: raw, language: String(given.options?.raw?.language ?? 'text') }
      : { type: 'text', text: guest.stringify(raw) ?? '', language: 'json' }
  }

  /** Headers as scripts write them: an object, a list, or lines of text. */
  guest.headersOf = function headersOf(given) {
    if (given instanceof PropertyList) return given.pairs()
    if (typeof given === 'string')
      return given
        .split(/\r?\n/)
        .filter((line) => line.includes(':'))
        .map((line) => ({
          name: line.slice(0, line.indexOf(':')).trim(),
          value: line.slice(line.indexOf(':') + 1).trim(),
        }))
    return namesOf(given)
  }

  guest.Request = class Request {
    constructor(request) {
      let url = new Url(request.url)
      Object.defineProperty(this, 'url', {
        enumerable: true,
        get: () => url,
        set: (given) => {
          url = new Url(String(given))
        },
      })
      let body = new Body(request.body)
      Object.defineProperty(this, 'body', {
        enumerable: true,
        get: () => body,
        set: (given) => {
          body = new Body(guest.bodyOf(given))
        },
      })
      this.method = request.method
      this.name = request.name
      this.headers = new PropertyList(request.headers, true)
    }
    get to() {
      return global.chai.expect(this).to
    }
    addHeader(given) {
      this.headers.add(given)
    }
    upsertHeader(given) {
      this.headers.upsert(given)
    }
    removeHeader(which) {
      this.headers.remove(which)
    }
    getHeaders() {
      return this.headers.toObject()
    }
    forEachHeader(callback) {
      this.headers.each(callback)
    }
    addQueryParams(given) {
      this.url.addQueryParams(given)
    }
    removeQueryParams(names) {
      this.url.removeQueryParams(names)
    }
    size() {
      return { body: this.body.toString().length }
    }
    toJSON() {
      return { method: this.method, url: this.url.toString(), header: this.headers.all(), body: this.body }
    }
    toHost() {
      return {
        name: String(this.name),
        method: String(this.method),
        url: this.url.toString(),
        headers: guest.headersOf(this.headers),
        body: this.body.toHost(),
      }
    }
  }

  guest.Response = class Response {
    #text
    constructor(response) {
      this.#text = response.text
      this.code = response.status
      this.status = response.statusText
      this.headers = new PropertyList(response.headers, true)
      this.responseTime = response.durationMs
      this.responseSize = response.size
      this.cookies = guest.cookieList(response.cookies)
    }
    reason() {
      return this.status
    }
    text() {
      if (this.#text === null) throw new Error('The body is no text, or too large for scripts.')
      return this.#text
    }
    get body() {
      return this.#text ?? undefined
    }
    json(reviver) {
      const text = this.text()
      try {
        return guest.parse(text.replace(/^\uFEFF/, ''), reviver)
      } catch (error) {
        throw new Error(`The response is no JSON: ${error.message}`, { cause: error })
      }
    }
    size() {
      return { body: this.responseSize, header: 0, total: this.responseSize }
    }
    mime() {
      return { type: this.headers.get('content-type') ?? '' }
    }
    get to() {
      return global.chai.expect(this).to
    }
    toJSON() {
      return { code: this.code, status: this.status, header: this.headers.all(), body: this.#text }
    }
  }

  /** Cookies, which scripts read and do not change. */
  guest.cookieList = function cookieList(cookies) {
    const find = (name) => cookies.find((one) => one.name === name)
    const refuse = (...given) => {
      const error = new Error('Scripts cannot change cookies here: do it in the list of cookies.')
      const callback = given.at(-1)
      if (typeof callback !== 'function') throw error
      callback(error)
    }
    return {
      get: (name) => find(name)?.value,
      one: (name) => find(name),
      has: (name) => find(name) !== undefined,
      all: () => [...cookies],
      each: (callback) => cookies.forEach(callback),
      map: (callback) => cookies.map(callback),
      filter: (callback) => cookies.filter(callback),
      count: () => cookies.length,
      toObject: () => Object.fromEntries(cookies.map(({ name, value }) => [name, value])),
      jar: () => ({
        get: (url, name, callback) => callback(null, find(name)?.value ?? null),
        getAll: (url, ...given) => given.at(-1)(null, [...cookies]),
        set: refuse,
        unset: refuse,
        clear: refuse,
      }),
    }
  }
})(globalThis)
