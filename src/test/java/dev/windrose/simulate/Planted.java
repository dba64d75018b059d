package dev.windrose.simulate;

/** A fault put into the code under simulation, to show that the simulator finds it. */
enum Planted {
    NOTHING,
    /** A change is applied when it arrives, whatever its stamp. */
    NO_STAMP_COMPARISON,
    /** A change is stamped with the clock alone. */
    NO_STAMP_AHEAD_OF_WHAT_WAS_HEARD,
    /** One observer counts as many. */
    NO_QUORUM,
    /** A rule without a target that serves answers nothing. */
    NO_FAIL_OPEN,
    /** A journal that lost its tail goes on without what it gave to others. */
    NO_PUT_BACK,
    /** An event that a definition did not take is passed over. */
    NO_ORDER,
    /** What a region lacks and nothing brings is not taken from the others. */
    NO_REPAIR,
    /** A field that cannot be used is used all the same. */
    NO_LAST_GOOD,
    /** Nobody asks how many regions must stay in service. */
    NO_LEAST_REGIONS,
    /** Traffic moves as fast as it likes. */
    NO_PACE,
    /** Clients are served wherever it is convenient. */
    NO_RESIDENCY,
    /** A change claims to have known all earlier ones, so that nobody is told what lost a merge. */
    SILENT_MERGES
}
