import * as v from 'valibot';
import { holdsNumber } from '#lib/domain/identity/digits.ts';
import { parseIndianMobile } from '#lib/domain/identity/mobile.ts';
import { POST_FUNCTIONS } from '#lib/domain/masters/kinds.ts';

const name = (missing: string) =>
	v.pipe(
		v.string(),
		v.trim(),
		v.nonEmpty(missing),
		v.maxLength(100, 'error_too_long'),
		v.check((text) => !holdsNumber(text), 'error_name_number'),
	);
const id = v.pipe(v.string(), v.uuid('error_choose'));
/** The empty choice of a list. */
const idOrNone = v.union([
	v.pipe(
		v.literal(''),
		v.transform(() => null),
	),
	id,
]);
const tick = v.pipe(
	v.optional(v.string(), ''),
	v.transform((text) => text !== ''),
);

export const newStaffForm = v.object({
	nameHi: name('error_name_hi'),
	nameEn: name('error_name_en'),
	userName: v.pipe(
		v.string(),
		v.trim(),
		v.toLowerCase(),
		v.regex(/^[a-z0-9][a-z0-9._-]{2,39}$/, 'error_user_name_format'),
		v.check((text) => !holdsNumber(text), 'error_name_number'),
	),
	mobile: v.pipe(
		v.optional(v.string(), ''),
		v.trim(),
		v.check((text) => text === '' || parseIndianMobile(text) !== null, 'error_mobile'),
	),
});

export const giveChargeForm = v.object({
	postId: id,
	kind: v.picklist(['regular', 'additional'], 'error_choose'),
});
export const endChargeForm = v.object({ chargeId: id });

const post = {
	designationHi: name('error_designation_hi'),
	designationEn: name('error_designation_en'),
	departmentId: idOrNone,
	superiorId: idOrNone,
	functions: v.pipe(
		v.optional(v.union([v.string(), v.array(v.string())]), []),
		v.transform((value) => [value].flat()),
		v.array(v.picklist(POST_FUNCTIONS, 'error_choose')),
		v.minLength(1, 'error_functions'),
	),
	isDistrictHead: tick,
	isNodal: tick,
};
export const newPostForm = v.object({
	...post,
	jurisdictionId: v.pipe(v.string(), v.uuid('error_area_post')),
});
export const editPostForm = v.object(post);
