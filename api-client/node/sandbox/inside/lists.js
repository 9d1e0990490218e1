// Runs inside of the sandbox: lists of names and values as Postman's SDK has them (headers, query), and the scopes of variables.
;(function (global) {
  'use strict'
  const guest = global.__guest

  /** A list of { key, value }; names of headers in any case. */
  class PropertyList {
    constructor(pairs, ignoresCase) {
      this.members = pairs.map(({ name, value }) => ({ key: name, value }))
      Object.defineProperty(this, 'ignoresCase', { value: ignoresCase })
    }
    #same(a, b) {
      return this.ignoresCase ? String(a).toLowerCase() === String(b).toLowerCase() : a === b
    }
    #pair(given, value) {
      if (typeof given === 'object' && given !== null)
        return { ...given, key: String(given.key ?? given.name), value: String(given.value ?? '') }
      if (value === undefined && /^[^:]+:/.test(String(given))) {
        const at = given.indexOf(':')
        return { key: given.slice(0, at).trim(), value: given.slice(at + 1).trim() }
      }
      return { key: String(given), value: String(value ?? '') }
    }
    get(name) {
      return this.members.findLast((one) => this.#same(one.key, name))?.value
    }
    one(name) {
      return this.members.findLast((one) => this.#same(one.key, name))
    }
    has(name, value) {
      const key = typeof name === 'object' && name !== null ? name.key : name
      return this.members.some(
        (one) => this.#same(one.key, key) && (value === undefined || one.value === value),
      )
    }
    all() {
      return [...this.members]
    }
    add(given, value) {
      this.members.push(this.#pair(given, value))
    }
    append(given, value) {
      this.add(given, value)
    }
    upsert(given, value) {
      const pair = this.#pair(given, value)
      const at = this.members.findIndex((one) => this.#same(one.key, pair.key))
      if (at < 0) this.members.push(pair)
      else this.members[at] = pair
    }
    remove(which) {
      this.members = this.members.filter((one) =>
        typeof which === 'function'
          ? !which(one)
          : !this.#same(one.key, typeof which === 'object' && which !== null ? which.key : which),
      )
    }
    clear() {
      this.members = []
    }
    populate(pairs) {
      for (const pair of pairs) this.add(pair)
    }
    each(callback) {
      this.members.forEach(callback)
    }
    map(callback) {
      return this.members.map(callback)
    }
    filter(callback) {
      return this.members.filter(callback)
    }
    find(callback) {
      return this.members.find(callback)
    }
    reduce(callback, start) {
      return this.members.reduce(callback, start)
    }
    count() {
      return this.members.length
    }
    idx(index) {
      return this.members[index]
    }
    indexOf(given) {
      return this.members.findIndex((one) => this.#same(one.key, given?.key ?? given))
    }
    toObject() {
      const object = {}
      for (const { key, value } of this.members) object[key] = value
      return object
    }
    toJSON() {
      return this.members
    }
    toString() {
      return this.members.map(({ key, value }) => `${key}: ${value}`).join('\r\n')
    }
    pairs() {
      return this.members
        .filter((one) => one.disabled !== true)
        .map(({ key, value }) => ({ name: String(key), value: String(value) }))
    }
    [Symbol.iterator]() {
      return this.members[Symbol.iterator]()
    }
  }
  guest.PropertyList = PropertyList

  guest.valueOf = function valueOf({ value, type }) {
    if (type === 'number') {
      const number = Number(value)
      return String(number) === value.trim() ? number : value
    }
    if (type === 'boolean') return value === 'true'
    if (type === 'null') return null
    if (type !== 'object') return value
    try {
      return guest.parse(value)
    } catch {
      return value
    }
  }

  guest.textOf = function textOf(value) {
    if (value === null || value === undefined) return { type: 'null', value: '' }
    if (typeof value === 'number' || typeof value === 'boolean' || typeof value === 'string')
      return { type: typeof value, value: String(value) }
    if (typeof value === 'object') return { type: 'object', value: guest.stringify(value) ?? '' }
    return { type: 'string', value: String(value) }
  }

  /** One scope of variables. `scope` is null for those that scripts may not change. */
  class VariableScope {
    constructor(scope, variables) {
      const values = new Map()
      for (const one of variables.toReversed()) values.set(one.name, guest.valueOf(one))
      Object.defineProperties(this, { values: { value: values }, scope: { value: scope } })
    }
    get(name) {
      return this.values.get(String(name))
    }
    has(name) {
      return this.values.has(String(name))
    }
    set(name, value) {
      if (this.scope === null) throw new Error('These variables cannot be changed by scripts.')
      if (name === undefined || name === null || name === '') throw new Error('A variable needs a name.')
      this.values.set(String(name), value)
      guest.state.changes.push({ scope: this.scope, name: String(name), ...guest.textOf(value) })
    }
    unset(name) {
      if (this.scope === null) throw new Error('These variables cannot be changed by scripts.')
      if (!this.values.delete(String(name))) return
      guest.state.changes.push({ scope: this.scope, name: String(name), value: null, type: 'null' })
    }
    clear() {
      for (const name of [...this.values.keys()]) this.unset(name)
    }
    toObject() {
      const object = {}
      for (const [name, value] of this.values) object[name] = value
      return object
    }
    toJSON() {
      return this.toObject()
    }
    replaceIn(text) {
      return guest.replaceIn(text, (name) => (this.has(name) ? this.get(name) : undefined))
    }
  }
  guest.VariableScope = VariableScope

  /** `{{names}}` replaced, inside out, at most 32 deep; unknown ones stay. */
  guest.replaceIn = function replaceIn(given, find) {
    if (typeof given === 'object' && given !== null)
      return guest.parse(guest.stringify(given), (_, one) =>
        typeof one === 'string' ? replaceIn(one, find) : one,
      )
    let text = String(given)
    for (let round = 0; round < 32; round++) {
      let isChanged = false
      text = text.replace(/\{\{([^{}\n\r]{1,1000})\}\}/g, (written, inner) => {
        const name = inner.trim()
        let value = find(name)
        if (value === undefined && name.startsWith('$'))
          value = guest.host('dynamic', name.slice(1)) || undefined
        if (value === undefined) return written
        isChanged = true
        return guest.textOf(value).value
      })
      if (!isChanged || text.length > 20_000_000) break
    }
    return text
  }
})(globalThis)
