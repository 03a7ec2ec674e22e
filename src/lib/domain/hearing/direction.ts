/** The farthest due date of a direction, in days from the day it is given. */
export const DUE_DAYS = 90;

/** The longest text of a direction or of its report, in characters. */
export const DIRECTION_TEXT_MAX = 2000;

/** Longest action taken report and longest reasons of an order, in code points. */
export const REPORT_TEXT_MAX = 5000;
