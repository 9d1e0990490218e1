// What `npm run api -- --help` tells.

export const USAGE = `npm run api -- run FOLDER [REQUEST-OR-FOLDER ...] [options]
npm run api -- import FILE FOLDER
npm run api -- export FOLDER FORMAT [FILE] [--replace]
npm run api -- mock FOLDER [--port N] [--delay MS] [--environment NAME]

run

  Runs the requests of a collection, and their scripts, tests and assertions.

  --environment NAME       an environment of the collection
  --variable name=value    a variable's value, in place of the collection's; may be repeated
  --secret name=ENVVAR     the same for a secret, from an environment variable
  --data FILE              rows for the iterations: .csv with a line of names, or .json with an array of objects
  --iterations N           how often everything runs
  --parallel N             iterations at once
  --delay MS               between two requests
  --stop-on-failure        no further request after one that failed
  --retries N              more tries of a request that failed
  --tag T                  only requests with this tag; may be repeated
  --report FORMAT=FILE     junit, html or json; may be repeated
  --insecure               accept certificates that cannot be verified
  --proxy URL              in place of HTTP_PROXY and HTTPS_PROXY
  --timeout MS             of a request that says nothing itself
  --update-snapshots       take snapshots anew
  --service URL            of a service, for requests that are sent as somebody of a project
  --token-env ENVVAR       the environment variable with its access token
  --verbose                all tests and addresses
  --quiet                  only what failed

import
  Makes a collection in FOLDER, which must be new or empty, of a file of Postman, OpenAPI, Insomnia, Bruno, HAR or curl.

export
  Writes a collection as postman, openapi, har or curl to FILE, or to the standard output.

  --replace                write over FILE

mock
  Answers from the examples of a collection on 127.0.0.1 until it is interrupted.

  --port N                 1024 to 65535; without it a free one
  --delay MS               before each answer
  --environment NAME       whose variables fill the answers

Exit codes: 0 done, all passed, 1 something failed, 2 wrong use or unreadable files, 3 interrupted.
`
