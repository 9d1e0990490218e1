// Runs inside of the sandbox, for each run anew: `pm`, what came before it (`postman.*`, `tests[…]`, `responseBody`), and tests.
;(function (global) {
  'use strict'
  const guest = global.__guest

  const once = (state, key, text) => {
    if (state.noted.has(key)) return
    state.noted.add(key)
    global.console.warn(text)
  }

  /** `pm.test` and Bruno's `test`. */
  function makeTest(state) {
    const add = (name) => {
      const result = { name: String(name).slice(0, 10_000), outcome: 'running', message: null }
      if (state.tests.length >= 10_000) throw new Error('There are more than 10,000 tests in one run.')
      state.tests.push(result)
      return result
    }
    const test = (name, check) => {
      const result = add(name)
      const end = (error, hasFailed) => {
        if (result.outcome !== 'running') return
        result.outcome = hasFailed ? 'failed' : 'passed'
        if (hasFailed) {
          const { name: kind, message } = guest.describeError(error)
          result.message = kind === 'AssertionError' || kind === 'Error' ? message : `${kind}: ${message}`
        }
      }
      try {
        if (typeof check !== 'function') throw new TypeError('A test needs a function.')
        if (check.length > 0) {
          check((error) => end(error, error !== undefined && error !== null))
          return test
        }
        const value = check()
        if (typeof value?.then === 'function') {
          value.then(
            () => end(null, false),
            (error) => end(error, true),
          )
        } else end(null, false)
      } catch (error) {
        end(error, true)
      }
      return test
    }
    test.skip = (name) => {
      add(name).outcome = 'skipped'
      return test
    }
    test.index = () => state.tests.length
    return test
  }

  function send(given, callback) {
    const url = typeof given === 'string' ? given : given?.url
    const request =
      given instanceof guest.Request
        ? given.toHost()
        : {
            method: String(given?.method ?? 'GET'),
            url: String(url?.raw ?? url),
            headers: guest.headersOf(given?.header ?? given?.headers ?? []),
            body: guest.bodyOf(given?.body),
          }
    const promise = new Promise((resolve, reject) => {
      const id = guest.wait((answer) => {
        if (answer.error !== undefined) reject(new Error(answer.error))
        else resolve(new guest.Response(answer.response))
      })
      guest.host('send', guest.stringify({ id, request }))
    })
    if (typeof callback !== 'function') return promise
    promise
      .then(
        (response) => callback(null, response),
        (error) => callback(error, undefined),
      )
      .catch((error) => guest.fail(error))
    return undefined
  }

  /** Everything that a run's scripts see. */
  guest.install = function install(state) {
    const { input } = state
    const { VariableScope } = guest
    const local = new VariableScope('script', input.variables.script)
    const data = new VariableScope(null, input.variables.data)
    const nearer = new VariableScope(null, input.variables.nearer)
    const environment = new VariableScope('environment', input.variables.environment)
    const collection = new VariableScope('collection', input.variables.collection)
    const globals = new VariableScope('global', input.variables.global)
    environment.name = input.environmentName ?? undefined
    const scopes = [local, data, nearer, environment, collection, globals]
    const variables = {
      get: (name) => scopes.find((scope) => scope.has(name))?.get(name),
      has: (name) => scopes.some((scope) => scope.has(name)),
      set: (name, value) => local.set(name, value),
      unset: (name) => local.unset(name),
      clear: () => local.clear(),
      toObject: () => Object.assign({}, ...scopes.toReversed().map((scope) => scope.toObject())),
      replaceIn: (text) => guest.replaceIn(text, (name) => variables.get(name)),
    }
    Object.assign(state, { local, data, nearer, environment, collection, globals, lookUp: variables })
    const request = new guest.Request(input.request)
    const response = input.response === null ? undefined : new guest.Response(input.response)
    Object.assign(state, { request, response, before: guest.stringify(request.toHost()) })
    state.test = makeTest(state)
    state.send = send

    const setNextRequest = (name) => {
      state.next = { name: name === null || name === undefined ? null : String(name) }
    }
    const pm = {
      info: {
        eventName: input.phase === 'beforeRequest' ? 'prerequest' : 'test',
        iteration: input.info.iteration,
        iterationCount: input.info.iterationCount,
        requestName: input.request.name,
        requestId: input.info.requestId,
      },
      test: state.test,
      expect: guest.expect,
      request,
      response,
      environment,
      globals,
      collectionVariables: collection,
      variables,
      iterationData: data,
      cookies: guest.cookieList(input.cookies),
      sendRequest: send,
      setNextRequest,
      execution: {
        setNextRequest,
        skipRequest() {
          if (input.phase !== 'beforeRequest')
            throw new Error('Only a script before the request can skip it.')
          state.isSkipped = true
          throw guest.SKIP
        },
        location: Object.assign([input.request.name], { current: input.request.name }),
        runRequest() {
          throw new Error('pm.execution.runRequest is not part of this sandbox: use pm.sendRequest.')
        },
      },
      visualizer: {
        set: () => once(state, 'visualizer', 'pm.visualizer is not kept: nothing is drawn here.'),
        clear() {},
      },
      vault: {
        get: () => Promise.reject(new Error('pm.vault is not part of this sandbox: use a secret variable.')),
        set: () => Promise.reject(new Error('pm.vault is not part of this sandbox: use a secret variable.')),
        unset: () =>
          Promise.reject(new Error('pm.vault is not part of this sandbox: use a secret variable.')),
      },
      require: global.require,
    }
    if (response === undefined) delete pm.response
    global.pm = pm
    installLegacy(state, setNextRequest)
    guest.installBruno(state, setNextRequest)
  }

  function installLegacy(state, setNextRequest) {
    const { input, environment, globals, data, request, response } = state
    global.tests = {}
    global.environment = environment.toObject()
    global.globals = globals.toObject()
    global.data = data.toObject()
    global.iteration = input.info.iteration
    global.request = {
      id: input.info.requestId,
      name: request.name,
      method: request.method,
      url: request.url.toString(),
      headers: request.headers.toObject(),
      data: request.body.toString(),
    }
    global.postman = {
      setEnvironmentVariable: (name, value) => environment.set(name, value),
      getEnvironmentVariable: (name) => environment.get(name),
      clearEnvironmentVariable: (name) => environment.unset(name),
      clearEnvironmentVariables: () => environment.clear(),
      setGlobalVariable: (name, value) => globals.set(name, value),
      getGlobalVariable: (name) => globals.get(name),
      clearGlobalVariable: (name) => globals.unset(name),
      clearGlobalVariables: () => globals.clear(),
      getResponseHeader: (name) => response?.headers.get(name),
      getResponseCookie: (name) => response?.cookies.one(name),
      setNextRequest,
    }
    if (response === undefined) return
    global.responseBody = response.body
    global.responseCode = { code: response.code, name: response.status, detail: response.status }
    global.responseHeaders = response.headers.toObject()
    global.responseTime = response.responseTime
    global.responseCookies = response.cookies.all()
  }
})(globalThis)
