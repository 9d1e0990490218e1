// Runs inside of the sandbox: Bruno's `bru`, `req`, `res` and `test`, as far as its scripts mostly use them.
;(function (global) {
  'use strict'
  const guest = global.__guest

  guest.installBruno = function installBruno(state, setNextRequest) {
    const { input, request, response, local, environment, collection, globals, nearer, lookUp } = state
    const stop = () => setNextRequest(null)
    const skip = () => global.pm.execution.skipRequest()
    global.bru = {
      cwd: () => '',
      getEnvName: () => input.environmentName ?? undefined,
      getEnvVar: (name) => environment.get(name),
      hasEnvVar: (name) => environment.has(name),
      setEnvVar: (name, value) => environment.set(name, value),
      deleteEnvVar: (name) => environment.unset(name),
      getGlobalEnvVar: (name) => globals.get(name),
      setGlobalEnvVar: (name, value) => globals.set(name, value),
      getCollectionVar: (name) => collection.get(name),
      hasCollectionVar: (name) => collection.has(name),
      getFolderVar: (name) => nearer.get(name),
      getRequestVar: (name) => nearer.get(name),
      getProcessEnv: () => undefined,
      getVar: (name) => local.get(name),
      hasVar: (name) => local.has(name),
      setVar: (name, value) => local.set(name, value),
      deleteVar: (name) => local.unset(name),
      deleteAllVars: () => local.clear(),
      getAllVars: () => local.toObject(),
      interpolate: (text) => lookUp.replaceIn(text),
      sleep: (ms) => new Promise((resolve) => global.setTimeout(resolve, ms)),
      sendRequest: (given, callback) => state.send(brunoRequest(given), callback),
      setNextRequest,
      runner: { setNextRequest, skipRequest: skip, stopExecution: stop },
    }
    const bodyOf = () => {
      const text = request.body.toString()
      try {
        return guest.parse(text)
      } catch {
        return text === '' ? undefined : text
      }
    }
    const asBody = (value) => {
      request.body =
        typeof value === 'string'
          ? { mode: 'raw', raw: value, options: request.body.options }
          : (value ?? null)
    }
    global.req = {
      getName: () => request.name,
      getUrl: () => request.url.toString(),
      setUrl: (url) => {
        request.url = url
      },
      getHost: () => request.url.getHost(),
      getPath: () => request.url.getPath(),
      getQueryString: () => request.url.getQueryString(),
      getMethod: () => request.method,
      setMethod: (method) => {
        request.method = method
      },
      getHeader: (name) => request.headers.get(name),
      getHeaders: () => request.headers.toObject(),
      setHeader: (name, value) => request.headers.upsert(name, value),
      setHeaders: (headers) => {
        for (const [name, value] of Object.entries(headers)) request.headers.upsert(name, value)
      },
      deleteHeader: (name) => request.headers.remove(name),
      getBody: bodyOf,
      setBody: asBody,
      getTimeout: () => undefined,
      setTimeout: () =>
        global.console.warn('req.setTimeout is not kept: set the time limit in the settings.'),
      setMaxRedirects: () => global.console.warn('req.setMaxRedirects is not kept: set it in the settings.'),
      getExecutionMode: () => 'standalone',
    }
    Object.defineProperties(global.req, {
      url: { enumerable: true, get: () => request.url.toString(), set: (url) => void (request.url = url) },
      method: {
        enumerable: true,
        get: () => request.method,
        set: (method) => void (request.method = method),
      },
      headers: { enumerable: true, get: () => request.headers.toObject() },
      body: { enumerable: true, get: bodyOf, set: asBody },
    })
    global.test = state.test
    global.expect = guest.expect
    global.assert = global.chai.assert
    delete global.res
    if (response === undefined) return
    const parsed = () => {
      try {
        return guest.parse(response.body)
      } catch {
        return response.body
      }
    }
    const headers = () =>
      Object.fromEntries(response.headers.all().map(({ key, value }) => [key.toLowerCase(), value]))
    global.res = Object.assign((path) => guest.atPath(parsed(), path).value, {
      getStatus: () => response.code,
      getStatusText: () => response.status,
      getHeader: (name) => response.headers.get(name),
      getHeaders: headers,
      getBody: parsed,
      getResponseTime: () => response.responseTime,
      getUrl: () => request.url.toString(),
      getSize: () => ({ body: response.responseSize, headers: 0, total: response.responseSize }),
      status: response.code,
      statusText: response.status,
      headers: headers(),
      responseTime: response.responseTime,
    })
    Object.defineProperty(global.res, 'body', { enumerable: true, get: parsed })
  }

  const brunoRequest = (given) =>
    typeof given === 'string'
      ? given
      : {
          method: given.method,
          url: given.url,
          header: given.headers,
          body: given.data === undefined ? undefined : given.data,
        }
})(globalThis)
