import type { Problem } from './types'

/** Why a call failed, in a sentence for the user. */
export class ApiError extends Error {
  /** The HTTP status; 0 when no answer came. */
  readonly status: number
  /** The contract's error code, or `unreachable` or `unexpected_answer` when the answer was none of the contract's. */
  readonly code: string
  readonly faults: readonly { pointer: string; detail: string }[]

  constructor(status: number, code: string, detail: string, faults: Problem['errors'] = []) {
    super(detail)
    this.name = 'ApiError'
    this.status = status
    this.code = code
    this.faults = faults
  }
}

function isProblem(value: unknown): value is Problem {
  return (
    typeof value === 'object' &&
    value !== null &&
    'detail' in value &&
    typeof value.detail === 'string' &&
    'code' in value &&
    typeof value.code === 'string'
  )
}

/** The error that a response with an error status stands for. */
export async function problemOf(response: Response): Promise<ApiError> {
  const body: unknown = await response.json().catch(() => undefined)
  if (isProblem(body)) {
    return new ApiError(response.status, body.code, body.detail, body.errors)
  }
  return new ApiError(
    response.status,
    'unexpected_answer',
    `The server answered ${response.status} ${response.statusText}`.trim() + '.',
  )
}

export function unreachable(): ApiError {
  return new ApiError(
    0,
    'unreachable',
    'The server does not answer. Check that it is running and that this device can reach it.',
  )
}

/** Any thrown value as an error to show. */
export function asApiError(thrown: unknown): ApiError {
  if (thrown instanceof ApiError) return thrown
  const detail = thrown instanceof Error ? thrown.message : String(thrown)
  return new ApiError(0, 'unexpected_answer', detail)
}

export function isAbort(thrown: unknown): boolean {
  return thrown instanceof DOMException && thrown.name === 'AbortError'
}
