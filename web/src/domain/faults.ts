/** What is wrong with one value of a body; `pointer` as the server writes it: `/prompts/0/name`. */
export interface Fault {
  readonly pointer: string
  readonly detail: string
}

/** What is wrong at `pointer` or below it; for an entry of `values`, the entry is named. */
export function faultAt(
  faults: readonly Fault[],
  pointer: string,
  values: readonly string[] = [],
): string | undefined {
  const details = faults.flatMap((fault) => {
    if (fault.pointer === pointer) return [fault.detail]
    if (!fault.pointer.startsWith(`${pointer}/`)) return []
    const value = values[Number(fault.pointer.slice(pointer.length + 1))]
    return [value === undefined ? fault.detail : `${value}: ${fault.detail}`]
  })
  return details.length === 0 ? undefined : [...new Set(details)].join(' ')
}

/** The faults that none of the form's fields shows. */
export function faultsElsewhere(faults: readonly Fault[], pointers: readonly string[]): Fault[] {
  return faults.filter((fault) => !pointers.some((each) => fault.pointer === each || fault.pointer.startsWith(`${each}/`)))
}
