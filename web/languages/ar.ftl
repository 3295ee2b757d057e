# Every word of the hosted pages, in Modern Standard Arabic. The same messages and places as in en.ftl, which
# explains them. Whoever asks is treated as feminine (a company), a bank as masculine; the reader as neither.

## Around every page

partner-unknown = الشركة التي أرسلتك إلى هنا
skip = الانتقال إلى المحتوى الرئيسي
rail-nobody = مشاركة البيانات المصرفية
rail-safe = لا شيء دون موافقتك
steps-name = خطواتك الثلاث
step-confirm = تأكيد هويتك
step-confirm-hint = رمز إلى هاتفك المحمول
step-agree = الموافقة
step-agree-hint = ماذا ولماذا ولأي مدة
step-banks = إضافة بنوكك
step-banks-hint = ثم الإقرار باكتمالها
step-done = : مكتملة
languages-name = اللغة
foot-for = بطلب من { $partner }. ألا يخصّك هذا؟
foot-for-mobile = بطلب من { $partner }، للهاتف المحمول المنتهي بالأرقام <b class="num">{ $ending }</b>. ألا يخصّك هذا؟
not-me = هذا يعني أن الرابط موجّه إلى شخص آخر، أو أن لدى { $partner } رقمًا آخر لك. يُرجى إغلاق هذه الصفحة وإبلاغ { $partner }: فبإمكانها تصحيح الرقم وإرسال رابط جديد. ولا يمكن المتابعة لمن ليس معه ذلك الهاتف.
not-me-inside = في هذه الحالة يُرجى الرجوع إلى بنوكك، والضغط هناك على «المغادرة دون إنهاء»، وإبلاغ { $partner }: فبإمكانها تصحيح الرقم وإرسال رابط جديد.
list-pair = { $first } و{ $last }
list-more = { $first }، { $next }
error-title = خطأ: { $what }
back-to-banks = الرجوع إلى بنوكك
back-to-partner = الرجوع إلى { $partner }
manage-url = إدارة مشاركة بياناتك
sign-in-again = تسجيل الدخول من جديد
offline = <b>لا يوجد اتصال.</b> لم يضِع شيء: يمكن المتابعة هنا عند عودة الاتصال.
ending-in = ينتهي بالأرقام
fact-purpose = الغرض
fact-data = البيانات
fact-agreed = تاريخ موافقتك
fact-ends = تنتهي تلقائيًا

## Times and amounts (the patterns are chrono's)

moment-full = %A %-d %B %Y، الساعة %-I:%M %P بتوقيت UTC
moment-clock = %-I:%M %P بتوقيت UTC
moment-date = %-d %B %Y
days = { $days ->
    [1] يوم واحد
    [365] 12 شهرًا
    [730] سنتان
    [two] يومان
    [few] { $days } أيام
    [many] { $days } يومًا
   *[other] { $days } يوم
}
accounts = { $count ->
    [0] لا حسابات
    [one] حساب واحد
    [two] حسابان
    [few] { $count } حسابات
    [many] { $count } حسابًا
   *[other] { $count } حساب
}

## The start page of a link

start-title = مشاركة بياناتك المصرفية
start-heading = تطلب { $partner } الاطلاع على بياناتك المصرفية
start-lead = لغرض واحد: <strong>{ $purpose }.</strong> يستغرق ذلك بضع دقائق، ويمكنك التوقف في أي وقت.
start-lead-bare = يظهر لك الغرض قبل اتخاذ قرارك. يستغرق ذلك بضع دقائق، ويمكنك التوقف في أي وقت.
start-confirm = نرسل رمزًا برسالة نصية إلى هاتفك المحمول المنتهي بالأرقام <b class="num">{ $ending }</b>.
start-agree = الموافقة أو عدمها
start-agree-words = يظهر لك ما ستتم مشاركته، ولماذا، ولأي مدة. ولا تتم مشاركة أي شيء قبل موافقتك.
start-banks-words = يتم تسجيل الدخول هنا إلى كل بنك على حدة، ببيانات الدخول الخاصة بذلك البنك. وبعد الإفصاح عن جميع حساباتك، يمكنك الإقرار بذلك، وعندها ينتهي استخدام هذا الرابط.
start-no-texts = <b>لا يمكن إرسال المزيد من الرسائل النصية لهذا الرابط.</b> يُرجى طلب رابط جديد من { $partner }.
start-no-texts-alive = <b>لا يمكن إرسال المزيد من الرسائل النصية لهذا الرابط.</b> لا يزال أحدث رمز صالحًا. وإذا لم يصل، يُرجى طلب رابط جديد من { $partner }.
start-enter = إدخال الرمز
start-text = إرسال رمز برسالة نصية
start-text-again = إرسال رمز جديد برسالة نصية
start-phone = على حاسوب؟ يمكنك المتابعة على هاتفك
start-until = هذا الرابط صالح حتى { $until }. وفتحه لا يُنهي استخدامه. أليس هذا رقمك؟ يُرجى الطلب من { $partner } تغييره وإرسال رابط جديد إليك.

## The page that hands a link over to a phone

phone-title = المتابعة على هاتفك
phone-lead = يُرجى توجيه كاميرا هاتفك نحو رمز QR. تُفتح الصفحة نفسها هناك.
phone-square = رمز QR يحمل عنوان رابطك
phone-words = هذا لا يستهلك رابطك: يطلب هاتفك رمزًا كما تطلبه هذه الصفحة، ومن يُدخله أولًا يتابع. يُرجى عدم السماح لأحد بتصويره.
phone-back = المتابعة هنا بدلًا من ذلك

## The page that takes the code

code-title = إدخال الرمز
code-heading = إدخال الرمز المرسل إليك برسالة نصية
code-lead = يُرسل الرمز إلى هاتفك المحمول المنتهي بالأرقام <b class="num">{ $ending }</b>، وهو صالح حتى الساعة <b class="nb">{ $until }</b>.
code-text-new = <b>أرسلنا رمزًا جديدًا برسالة نصية الساعة { $sent }.</b> ولم يعد الرمز السابق يعمل.
code-text-not-again = <b>لم تُرسل رسالة أخرى.</b> أُرسلت الأخيرة الساعة { $sent }: يُرجى الانتظار قليلًا. ويمكنك طلب رسالة أخرى الساعة { $at }.
code-label = الرمز المكوّن من 6 أرقام
code-hint = يُرجى عدم إخبار أي شخص به: لا تحتاج إليه سوى هذه الصفحة.
code-auto = عند اكتمال الأرقام الستة نتابع تلقائيًا بعد لحظات. يمكنك إيقاف ذلك.
code-going = المتابعة بعد لحظات
code-stop = انتظار
code-stopped = تم الإيقاف. يمكن الضغط على «متابعة» عندما يكون الرمز صحيحًا.
code-continue = متابعة
code-refused = تعذّر إرسال رسالة نصية إليك
code-refused-words = الهاتف المحمول المنتهي بالأرقام <b class="num">{ $ending }</b> لا يستقبل رسائلنا، ولذلك لا يوجد رمز في طريقه إليك.
code-refused-yours = هل هذا رقمك؟
code-refused-yours-words = يُرجى التحقق من أن الهاتف يعمل، وأن فيه إشارة، وأنه لا يحظر المرسلين غير المعروفين، ثم طلب رمز جديد. هل تعذّر ذلك مرة أخرى؟ يُرجى إبلاغ { $partner }: فبإمكانها إخبارك بالطرق الأخرى المتاحة.
code-refused-other = هل هذا رقم آخر؟
code-refused-other-words = يُرجى الطلب من { $partner } تغييره وإرسال رابط جديد إليك.
code-none = طلب رمز جديد
code-none-words = لا يوجد الآن رمز بانتظارك: كل رمز صالح لبضع دقائق فقط. يُرسل الرمز الجديد إلى هاتفك المحمول المنتهي بالأرقام <b class="num">{ $ending }</b>.
code-wait = الثواني المتبقية قبل إمكان إرسال رمز جديد: <span class="num">{ $seconds }</span>، أي حتى الساعة { $at }. وحتى ذلك الحين، الرمز الذي في طريقه إليك هو المطلوب استخدامه.
code-wait-over = يمكنك طلب رمز جديد الآن.
code-no-texts = <b>لا يمكن إرسال المزيد من الرسائل النصية لهذا الرابط.</b> يُرجى طلب رابط جديد من { $partner }.
code-no-texts-alive = <b>لا يمكن إرسال المزيد من الرسائل النصية لهذا الرابط.</b> لا يزال أحدث رمز صالحًا حتى الوقت المذكور أعلاه. وإذا لم يصل، يُرجى طلب رابط جديد من { $partner }.
code-missing = ألم تصل الرسالة بعد؟
code-missing-signal = قد تستغرق الرسالة النصية دقيقة. يُرجى التأكد من وجود تغطية في هاتفك.
code-missing-refused = هل تعذّر إرسالها أصلًا؟ <a href="{ $path }">التحقق من جديد</a>: تذكر هذه الصفحة ذلك.
code-missing-unknown = يُرجى البحث أيضًا بين رسائل المرسلين غير المعروفين.
code-missing-newest = هل طلبت الرمز مرتين؟ يُرجى استخدام أحدث رسالة: كل رمز جديد يحل محل الرمز السابق.
code-missing-number = ألا ينتهي رقمك بالأرقام { $ending }؟ يُرجى الطلب من { $partner } تغييره وإرسال رابط جديد إليك.
code-fault-wrong-title = الرمز غير صحيح
code-fault-wrong = هذا ليس الرمز الصحيح. { $tries ->
    [one] يمكنك المحاولة مرة واحدة أخرى، وبعدها يُقفل الرابط.
    [two] يمكنك المحاولة مرتين أخريين.
    [few] يمكنك المحاولة { $tries } مرات أخرى.
   *[other] يمكنك المحاولة { $tries } مرة أخرى.
}
code-fault-malformed-title = الرمز مكوّن من ستة أرقام
code-fault-malformed = الرمز مكوّن من ستة أرقام. ما أدخلته لم يُحتسب محاولةً؛ يُرجى مراجعة الرسالة من جديد.
code-fault-late-title = انتهت صلاحية الرمز
code-fault-late = انتهت صلاحية هذا الرمز. ولم تُحتسب محاولتك.
code-fault-no-cookie-title = متصفحك لا يحفظ ملفات تعريف الارتباط
code-fault-no-cookie = لا يحفظ متصفحك ملف تعريف الارتباط (cookie) الخاص بهذا الموقع، ولا يمكن المتابعة من دونه. لم يُستخدم الرمز: يُرجى السماح بملفات تعريف الارتباط لهذا الموقع، ثم إدخال الرمز من جديد.

## The page that asks

consent-title = الموافقة على المشاركة
consent-not-me = في هذه الحالة يُرجى الضغط على «لا، لا أريد المشاركة»، وإغلاق هذه الصفحة، وإبلاغ { $partner }: فبإمكانها تصحيح الرقم وإرسال رابط جديد.
consent-heading = مشاركة بياناتك المصرفية مع { $partner }؟
consent-lead = لغرض واحد: <strong>{ $purpose }.</strong> { $sentence }
consent-earlier = <b>تغيّر ما تطلبه { $partner }.</b> سبق أن وافقت على نسخة سابقة تستمر حتى { $until }. إذا وافقت على هذه النسخة، تنتهي النسخة السابقة وينتهي معها ما جُمع بموجبها.
consent-new-purpose = <b>غرض جديد.</b> كان من قبل: { $purpose }.
consent-new-data = جديد:
consent-gone-data = لم يعد مطلوبًا:
consent-new-duration = <b>مدة جديدة:</b> { $now } ابتداءً من اليوم. كانت من قبل { $before }.
consent-new-reach = <b>فترة جديدة للبيانات السابقة:</b> { $now }. كانت من قبل { $before }.
consent-new-parties = <b>يمكنهم الاطلاع عليها أيضًا من الآن:</b> { $parties }.
consent-new-copy = <b>جديد:</b> عند انتهاء المشاركة، يجوز أن تحتفظ { $partner } بنسخة أُزيل منها كل ما يدل عليك.
consent-what = ما ستتم مشاركته
consent-what-words = من الحسابات التي يتم ربطها. يمكنك فتح كل بند لمعرفة ما فيه.
consent-never = <b>لا تتم مشاركتها أبدًا:</b> كلمات المرور الخاصة بك. ولا يمكن لأحد تحويل الأموال بهذه الطريقة.
consent-long = مدة المشاركة
consent-long-back = تعود البيانات إلى هذا التاريخ
consent-long-today = اليوم
consent-long-agree = موافقتك
consent-long-ends = تنتهي المشاركة تلقائيًا
consent-long-words = المدة ابتداءً من اليوم: { $duration }. والمدة السابقة التي تشملها البيانات: { $reach }. وحتى نهاية المشاركة يجوز أن تطّلع { $partner } على البيانات من جديد.
consent-then = ما يحدث لبياناتك
consent-then-nobody = تجمعها هذه الخدمة لصالح { $partner } ولا تعطيها لأي جهة أخرى.
consent-then-parties = تعمل { $partner } مع { $parties }، ويجوز لهم الاطلاع عليها للغرض نفسه.
consent-then-retained = عند انتهاء المشاركة، تُحذف البيانات من هنا. ويجوز أن تحتفظ { $partner } بنسخة أُزيل منها كل ما يدل عليك.
consent-then-deleted = عند انتهاء المشاركة، <b>تُحذف</b> البيانات من هنا، ولا يُجمع أي شيء آخر.
consent-stop = كيفية إيقاف المشاركة
consent-stop-page = <b>في صفحة خاصة بك</b> تُظهر ما تتم مشاركته ومن قرأه. تُفتح لك بعد الموافقة؛ وللعودة إليها لاحقًا يمكن طلب رابطها من { $partner }.
consent-stop-words = <b>عن طريق { $partner }</b>: يمكن إبلاغها في أي وقت بسحب الموافقة، فتُنهي المشاركة هنا.
consent-stop-at-once = في صفحتك يسري ذلك لحظة الضغط، وعن طريق { $partner } عندما يتم إنهاؤه هنا. وعندئذ يُحذف من هنا ما جُمع.
consent-stop-effect = إذا أوقفت المشاركة قبل أن تتخذ { $partner } قرارها، فقد تطلب منك مستندات بدلًا من ذلك.
consent-yes = أوافق
consent-no = لا، لا أريد المشاركة
consent-choice = القرار لك. إذا رفضت، فلن تتم مشاركة أي شيء، وينتهي استخدام هذا الرابط. وتخبرك { $partner } بالطرق الأخرى المتاحة.
consent-choice-visit = القرار لك. إذا رفضت، فلن تتم مشاركة أي شيء. وتخبرك { $partner } بالطرق الأخرى المتاحة.
consent-choice-again = القرار لك. إذا رفضت، فلن تتم مشاركة أي شيء جديد، وينتهي استخدام هذا الرابط. وتخبرك { $partner } بالطرق الأخرى المتاحة.
consent-choice-again-visit = القرار لك. إذا رفضت، فلن تتم مشاركة أي شيء جديد. وتخبرك { $partner } بالطرق الأخرى المتاحة.

## What is shared, in the standard's own words (CDS, data language standards): never reworded

data-name-and-occupation = الاسم والمهنة
data-name-occupation-contact-details = الاسم والمهنة وبيانات الاتصال
data-organisation-profile = الملف التعريفي للمؤسسة
data-organisation-profile-and-contact-details = الملف التعريفي للمؤسسة وبيانات الاتصال بها
data-account-name-type-and-balance = اسم الحساب ونوعه ورصيده
data-account-balance-and-details = رصيد الحساب وتفاصيله
data-transaction-details = تفاصيل المعاملات
data-name = الاسم
data-occupation = المهنة
data-phone = الهاتف
data-email-address = عنوان البريد الإلكتروني
data-mail-address = العنوان البريدي
data-residential-address = عنوان السكن
data-agent-name-and-role = اسم الوكيل ودوره
data-organisation-name = اسم المؤسسة
data-organisation-numbers-abn-or-acn = أرقام المؤسسة (ABN أو ACN)
data-charity-status = وضع المؤسسة كجهة خيرية
data-establishment-date = تاريخ التأسيس
data-industry = القطاع
data-organisation-type = نوع المؤسسة
data-country-of-registration = بلد التسجيل
data-organisation-address = عنوان المؤسسة
data-phone-number = رقم الهاتف
data-name-of-account = اسم الحساب
data-type-of-account = نوع الحساب
data-account-balance = رصيد الحساب
data-account-number = رقم الحساب
data-interest-rates = أسعار الفائدة
data-fees = الرسوم
data-discounts = الخصومات
data-account-terms = شروط الحساب
data-account-mail-address = العنوان البريدي للحساب
data-incoming-and-outgoing-transactions = المعاملات الواردة والصادرة
data-amounts = المبالغ
data-dates = التواريخ
data-descriptions = الأوصاف
data-who-you-have-sent-money-to-and-received-money-from = من أرسلت إليهم أموالًا ومن تلقيت منهم أموالًا
data-to-check-that-the-accounts-are-yours = للتحقق من أن الحسابات لك
data-to-check-that-the-accounts-are-your-organisation-s = للتحقق من أن الحسابات لمؤسستك
data-to-know-what-you-have-and-what-you-owe = لمعرفة ما لديك وما عليك
data-to-know-the-terms-of-your-accounts = لمعرفة شروط حساباتك
data-to-work-out-your-income-and-your-spending = لحساب دخلك وإنفاقك

## The hub: the banks of a person

connect-title = بنوكك
connect-not-me = في هذه الحالة يُرجى الضغط على «المغادرة دون إنهاء» وإبلاغ { $partner }: فبإمكانها تصحيح الرقم وإرسال رابط جديد.
connect-carried = أهلًا بعودتك. ما وافقت عليه مع { $partner } مستمر؛ ولا حاجة إلى الموافقة من جديد.
connect-agreed = تمت موافقتك.
connect-add-first = الخطوة الآن هي إضافة البنوك التي لديك حسابات فيها، واحدًا بعد الآخر. ويُرجى البدء بالبنك الذي يُودَع فيه راتبك.
connect-add-more = يُرجى إضافة كل بنك لديك حساب فيه. وعندما تكتمل كلها هنا، يمكنك الإقرار بذلك أدناه.
connect-single = تحتاج { $partner } إلى تسجيل دخول واحد، وهو موجود هنا. يمكن تأكيد اكتماله أدناه.
connect-still = هذه الصفحة لا تتحدّث تلقائيًا. <a href="/connect">معرفة مدى التقدم</a>
connect-reloads = تتحدّث هذه الصفحة كل 5 ثوانٍ. <a href="/connect?still=1">إيقاف التحديث</a>
connect-agreed-heading = ما وافقت عليه
connect-leave = ليس الآن؟
connect-leave-words = يمكنك المغادرة دون ذلك الإقرار. عندئذٍ يُغلق رابطك، ويلزم أن ترسل إليك { $partner } رابطًا جديدًا. ما وافقت عليه وما تم ربطه يستمر حتى { $until }، ما لم تطلب إنهاءه من { $partner }.
connect-leave-words-visit = يمكنك المغادرة دون ذلك الإقرار، ثم العودة من { $partner }. ما وافقت عليه وما تم ربطه يستمر حتى { $until }، ما لم تطلب إنهاءه من { $partner }.
connect-leave-to = تتم إعادتك إلى { $name }.
connect-leave-press = المغادرة دون إنهاء
live-since = قيد المعالجة منذ الساعة { $since }.
pace-minute = عادةً ما يستغرق ذلك أقل من دقيقة.
pace-minutes = { $count ->
    [one] عادةً ما يستغرق ذلك نحو دقيقة.
    [two] عادةً ما يستغرق ذلك نحو دقيقتين.
    [few] عادةً ما يستغرق ذلك نحو { $count } دقائق.
   *[other] عادةً ما يستغرق ذلك نحو { $count } دقيقة.
}
pace-long = يستغرق ذلك وقتًا أطول من المعتاد، ويستمر من تلقاء نفسه. وفي هذه الأثناء يمكن إضافة بنك آخر.
live-waits = بانتظار إجابتك حتى الساعة <span class="nb">{ $until }</span>
live-answer = الإجابة عن سؤال { $bank }
live-read = { $connected }، وقت القراءة: { $read }
of-bank = ، { $bank }
live-owes = ، مبلغ مستحق عليك
live-add-first = إضافة بنك
live-add = إضافة بنك آخر
live-sign = إقرارك
live-sign-words = لقد أبلغت { $partner } بجميع الحسابات ذات الصلة بهذا الغرض، ولم أستثنِ أيًّا منها.
live-sign-none = لا ترى { $partner } أي حساب لك بعد. يُرجى الإنهاء دون إضافة بنك فقط إذا لم يكن لديك بنك لإضافته.
live-working = قيد المعالجة: { $banks }. عند الإنهاء قبل ذلك، يُطلب منك اختيار الانتظار أو عدمه.
live-asking = بانتظار إجابتك: { $banks }. عند الإنهاء قبل الإجابة، يُطلب منك تحديد ما يجب فعله.
live-stopped = لم يتم الربط: { $banks }. ولا تتلقى { $partner } أي شيء جديد من هناك.
live-disclose = أفصحت عن جميع حساباتي
live-disclose-words = بهذا ينتهي استخدام رابطك: لا يمكن فتحه من جديد. وما وافقت عليه يستمر.
live-disclose-words-visit = بهذا تنتهي زيارتك هنا. ويستمر ما وافقت عليه.
closes-working = تبقى هذه الصفحة مفتوحة ما دام أحد البنوك قيد المعالجة. وبعد ذلك تُغلق تلقائيًا إذا لم يحدث أي شيء لفترة.
closes-idle = حفاظًا على أمانك، تُغلق هذه الصفحة تلقائيًا إذا لم يحدث أي شيء حتى الساعة { $at }.
closes-last = حفاظًا على أمانك، تُغلق هذه الصفحة تلقائيًا الساعة { $at }.
closes-still = <b>هل ما زال هناك أحد؟</b> حفاظًا على أمانك، ستُغلق هذه الصفحة تلقائيًا بعد قليل.
closes-stay = ما زلتُ هنا
closes-soon = <b>أوشك الوقت المتاح هنا على الانتهاء.</b> حفاظًا على أمانك، ستُغلق هذه الصفحة بعد قليل. كل ما تمت الموافقة عليه وربطه يبقى محفوظًا.
closes-soon-bare = <b>أوشك الوقت المتاح هنا على الانتهاء.</b> حفاظًا على أمانك، ستُغلق هذه الصفحة بعد قليل.
told-working = { $bank }: { $step }.
told-asking = { $bank } بانتظار إجابتك.
told-stopped = { $bank }: { $why }.
told-connected = { $bank }: { $connected }.
at-work = قيد المعالجة
connected = تم الربط، { $found }
live-nothing = لا يُظهر { $bank } أي حساب بتسجيل الدخول هذا. إذا كانت لديك حسابات هناك، يمكن تسجيل الدخول بالمعرّف الذي تظهر به.
live-nothing-next = استخدام معرّف آخر
found-elsewhere-only = { $elsewhere }، والمشاركة تمت من قبل عبر بيانات دخول أخرى
found-and-elsewhere = { $here }، وما تمت مشاركته من قبل عبر بيانات دخول أخرى: { $elsewhere }
step-sign-in = تسجيل الدخول
step-question = الإجابة عن سؤال البنك
step-accounts = البحث عن الحسابات
step-transactions = جلب المعاملات
step-not-needed = { $step }: غير مطلوب
mark-next = التالي
mark-now = الآن
mark-was = تم
kind-transaction = معاملات يومية
kind-savings = ادخار
kind-credit-card = بطاقة ائتمان
kind-mortgage = قرض سكني
kind-loan = قرض
kind-investment = استثمار
kind-term-deposit = وديعة لأجل
kind-unknown = حساب

## Why a bank stopped: what happened, what it means, and what its button says

stop-wrong-login = معرّف الدخول أو كلمة المرور غير صحيح
stop-wrong-login-words = لم يقبل { $bank } ما أدخلته. يُرجى التحقق من كليهما قبل المحاولة من جديد: كثيرًا ما تقفل البنوك الدخول بعد بضع محاولات خاطئة.
stop-wrong-login-next = المحاولة من جديد
stop-locked = أوقف البنك إمكانية دخولك
stop-locked-words = فعل { $bank } ذلك لحمايتك، ولا يمكن لغير { $bank } إلغاء القفل. يُرجى التواصل معه عبر تطبيقه أو الرقم المكتوب على بطاقتك، ثم العودة إلى هنا.
stop-locked-next = أُلغي القفل: تسجيل الدخول من جديد
stop-action-needed = يحتاج البنك إليك أولًا
stop-action-needed-words = يطلب { $bank } منك إجراءً في تطبيقه أو موقعه أولًا: قبول شروط جديدة مثلًا، أو تغيير كلمة مرور قديمة. يُرجى القيام بذلك، ثم العودة إلى هنا.
stop-action-needed-next = تم ذلك: تسجيل الدخول من جديد
stop-unavailable = البنك لا يستجيب
stop-unavailable-words = السبب من { $bank } وليس منك. يُرجى المحاولة من جديد الآن، أو بعد بضع دقائق. ويمكنك في هذه الأثناء إضافة بنوكك الأخرى.
stop-unavailable-next = المحاولة من جديد
stop-interrupted = حدث انقطاع لدينا
stop-interrupted-words = السبب منا وليس منك: اضطررنا إلى التوقف أثناء تسجيل دخولك. نحن لا نحتفظ بكلمات المرور، لذلك يُرجى تسجيل الدخول من جديد.
stop-interrupted-next = تسجيل الدخول من جديد
stop-unanswered = انتهى وقت الإجابة
stop-unanswered-words = ينتظر { $bank } وقتًا قصيرًا فقط، ثم يبدأ من جديد. يُرجى تسجيل الدخول من جديد، وإبقاء الإجابة أو هاتفك في متناول يدك.
stop-unanswered-next = تسجيل الدخول من جديد
stop-left-out = اخترت استبعاد هذا البنك
stop-left-out-words = تم الإنهاء دون هذا البنك. ولا يزال بإمكانك إضافته.
stop-left-out-next = تسجيل الدخول من جديد
stop-too-long = استغرق ذلك وقتًا طويلًا جدًا
stop-too-long-words = لم يُكمل { $bank } العملية، ولذلك توقفنا. يُرجى تسجيل الدخول من جديد للمتابعة.
stop-too-long-next = تسجيل الدخول من جديد
stop-signed-out = يطلب البنك تسجيل الدخول من جديد
stop-signed-out-words = لم يعد { $bank } يسمح لنا بالقراءة بناءً على آخر تسجيل دخول لك. وما قُرئ من قبل محفوظ.
stop-signed-out-next = تسجيل الدخول من جديد
stop-consent-over = انتهت المشاركة في هذه الأثناء
stop-consent-over-words = انتهى ما وافقت عليه بينما كان { $bank } قيد المعالجة، ولذلك لم يُقرأ أي شيء.
stop-consent-over-next = تسجيل الدخول من جديد
stop-elsewhere = لم يكتمل بعد
stop-elsewhere-words = بدأ تسجيل الدخول إلى { $bank } في مكان آخر، وينتظر إجابة هناك. يمكن الرد هناك، أو تسجيل الدخول هنا ببيانات الدخول نفسها.
stop-elsewhere-next = تسجيل الدخول هنا
stop-broken = لم ينجح ذلك
stop-broken-words = السبب منا وليس منك. يُرجى المحاولة من جديد.
stop-broken-next = المحاولة من جديد

## The page that finds a bank

banks-title = اختيار البنك
banks-lead = واحدًا بعد الآخر: يمكنك إضافة البنك التالي بعد أن يبدأ العمل على هذا البنك.
banks-search-label = البحث بالاسم
banks-search = بحث
banks-count-all = { $total ->
    [zero] لا يوجد أي بنك
    [one] يوجد بنك واحد
    [two] يوجد بنكان
    [few] توجد { $total } بنوك
    [many] يوجد { $total } بنكًا
   *[other] يوجد { $total } بنك
} للاختيار.
banks-count-none = لا يوجد هنا بنك باسم «{ $query }».
banks-count = البنوك المطابقة لعبارة «{ $query }»: { $found } من أصل { $total }.
banks-none = ما يمكنك فعله
banks-none-less = كتابة عدد أقل من الحروف: تكفي بضعة حروف من الاسم.
banks-none-all = تعمل بعض البنوك تحت اسم آخر. <a href="/connect/banks">عرض جميع البنوك (العدد: { $total })</a>
banks-none-ask = أليس البنك هنا؟ يُرجى إضافة بنوكك الأخرى، ثم إبلاغ { $partner } بالبنك الناقص: فبإمكانها إخبارك بالطرق الأخرى المتاحة.
banks-test = <b>هذه بنوك تجريبية.</b> فهي ليست حقيقية، ولا حساباتها.
bank-connected = تم الربط من قبل. يمكنك إضافة بيانات دخول أخرى
bank-login = معرّف الدخول وكلمة المرور
bank-asks = يطرح سؤالًا إضافيًا
bank-may-ask = قد يطرح سؤالًا إضافيًا

## The page that signs in

sign-in-title = تسجيل الدخول إلى { $bank }
sign-in-lead = نسجّل الدخول لقراءة حساباتك هناك. لا نُجري أي مدفوعات ولا نغيّر أي شيء.
sign-in-test = <b>بنك تجريبي: يُرجى عدم إدخال كلمة مرور حقيقية أبدًا.</b> هذا ليس بنكًا حقيقيًا. يُرجى استخدام بيانات دخول تجريبية خاصة به.
sign-in-last = <b>في المرة الأخيرة: { $why }.</b> { $words }
sign-in-login = معرّف الدخول
sign-in-password = كلمة المرور
sign-in-show = إظهار كلمة المرور
sign-in-once = <b>تُستخدم مرة واحدة ولا تُحفظ.</b> تُرسل كلمة المرور إلى { $bank } لتسجيل دخولك، ثم تُمحى. ولا تراها { $partner } أبدًا.
sign-in-press = تسجيل الدخول
sign-in-other = اختيار بنك آخر
fault-missing = يُرجى ملء هذا الحقل
fault-too-long = هذا أطول من المسموح: يُرجى التحقق منه

## The page that takes an answer for a bank

challenge-over = انتهى وقت الإجابة
challenge-title = الإجابة عن سؤال { $bank }
challenge-heading-code = يطلب { $bank } رمزًا
challenge-heading = { $count ->
    [one] يطلب { $bank } إجابة
    [two] يطلب { $bank } إجابتين
    [few] يطلب { $bank } { $count } إجابات
   *[other] يطلب { $bank } { $count } إجابة
}
challenge-says = نص الطلب: «{ $description }». يطلب البنك ذلك للتأكد من هويتك.
challenge-lead = يطلب البنك ذلك للتأكد من هويتك.
challenge-wrong = يفيد { $bank } بأن هذا غير صحيح. يمكنك المحاولة من جديد.
challenge-until = ينتظر البنك حتى الساعة <b class="nb">{ $until }</b>. وإذا انتهى الوقت، يمكنك تسجيل الدخول من جديد.
challenge-until-over = لم يعد البنك ينتظر. يُرجى الرجوع إلى بنوكك لتسجيل الدخول من جديد.
challenge-press = إرسال الإجابة
challenge-over-words = ينتظر { $bank } وقتًا قصيرًا فقط، وقد انتهى قبل وصول إجابة. ولم يُفقد أي شيء آخر: بنوكك الأخرى محفوظة.

## The page about banks that still wait

waiting-title = إكمال الربط أم الاستبعاد؟
waiting-heading = { $count ->
    [one] لا يزال { $banks } بانتظار إجابتك
   *[other] لا تزال هذه البنوك بانتظار إجابتك: { $banks }
}
waiting-lead = لم يتم الإفصاح عن أي شيء بعد. يمكنك إكمال الربط أولًا، أو الاستبعاد: القرار لك.
waiting-finish = إكمال الربط
waiting-finish-words = بعد الإجابة يظهر لك هنا متى يتم الربط. ثم يمكنك تقديم إقرارك.
waiting-until = ينتظر حتى الساعة <span class="nb">{ $until }</span>
waiting-without = الاستبعاد
waiting-without-words = { $count ->
    [one] عندئذٍ لا يتم ربط { $banks }، ولا تتلقى { $partner } أي شيء منه. ويتم الإفصاح عن كل ما عدا ذلك، وينتهي استخدام رابطك.
    [two] عندئذٍ لا يتم ربط { $banks }، ولا تتلقى { $partner } أي شيء منهما. ويتم الإفصاح عن كل ما عدا ذلك، وينتهي استخدام رابطك.
   *[other] عندئذٍ لا يتم ربط { $banks }، ولا تتلقى { $partner } أي شيء منها. ويتم الإفصاح عن كل ما عدا ذلك، وينتهي استخدام رابطك.
}
waiting-without-words-visit = { $count ->
    [one] عندئذٍ لا يتم ربط { $banks }، ولا تتلقى { $partner } أي شيء منه. ويتم الإفصاح عن كل ما عدا ذلك.
    [two] عندئذٍ لا يتم ربط { $banks }، ولا تتلقى { $partner } أي شيء منهما. ويتم الإفصاح عن كل ما عدا ذلك.
   *[other] عندئذٍ لا يتم ربط { $banks }، ولا تتلقى { $partner } أي شيء منها. ويتم الإفصاح عن كل ما عدا ذلك.
}
waiting-press = الاستبعاد والإنهاء
waiting-working-title = لحظة من فضلك
waiting-working-heading = { $count ->
    [one] { $banks } ما زال قيد المعالجة
    [two] { $banks } ما زالا قيد المعالجة
   *[other] { $banks } ما زالت قيد المعالجة
}
waiting-working-lead = لم يتم الإفصاح عن أي شيء بعد. قد يُطرح عليك سؤال، وبعد انتهاء القراءة نتحقق مما إذا كان هناك حساب ناقص على ما يبدو.
waiting-working-wait = الانتظار
waiting-working-goes-on = تنتقل هذه الصفحة تلقائيًا.
waiting-working-without = لا رغبة في الانتظار؟
waiting-working-without-words = تستمر قراءة { $banks } من دونك. لكن إذا طُرح سؤال بعد ذلك فلا تمكن الإجابة عنه هنا، ولا يُبحث هناك عما قد يكون ناقصًا.
waiting-working-press = الإنهاء دون انتظار
waiting-over-title = تمت قراءة كل شيء
waiting-over-lead = لا يبدو أن شيئًا ناقص. يمكنك الآن تقديم إقرارك.

## The page before the declaration: what seems to be missing

check-title = هل ينقص شيء؟
check-lead = قبل الإقرار بأن كل شيء هنا: تُظهر معاملاتك شيئًا ليس هنا. قد لا يعني ذلك شيئًا. من السهل نسيان حساب، لذا نسأل.
check-account = تذهب أموال إلى حساب ليس هنا
check-card = توجد مدفوعات لبطاقة ليست هنا
check-loan = توجد مدفوعات لقرض ليس هنا
check-part-of-pay = قد يذهب جزء من راتبك إلى مكان آخر
check-shown = «{ $wording }»، { $times ->
    [one] مرة واحدة
    [two] مرتان
    [few] { $times } مرات
   *[other] { $times } مرة
} خلال الأشهر الستة الأخيرة. آخرها { $amount } بتاريخ { $last }.
check-from = من { $account }
check-add = إضافته
check-not-mine = ليس لي
check-not-so = هذا غير صحيح
check-kept = يمكن أن ترى { $partner } ما سُئلت عنه هنا وما حددته. لا حاجة إلى أي شرح.

## Thank you

done-title = شكرًا لك
done-not-me = هذا يعني أن شخصًا معه ذلك الهاتف أنهى هذه الخطوات. يُرجى إبلاغ { $partner } الآن: فبإمكانها إنهاء المشاركة فورًا.
done-heading = شكرًا لك. اكتمل كل شيء.
done-lead-back = أقررت أمام { $partner } بأنه تم الإفصاح عن جميع حساباتك. يمكنك الرجوع الآن.
done-lead = أقررت أمام { $partner } بأنه تم الإفصاح عن جميع حساباتك. يمكنك إغلاق هذه الصفحة.
done-receipt = إيصالك
done-shared-with = تمت المشاركة مع
done-banks = البنوك
done-declared = إقرارك
done-declared-when = تم الإفصاح عن جميع الحسابات، { $when }
done-used-up = انتهى استخدام رابطك. هل نسيت حسابًا، أو أردت إيقاف المشاركة؟ يُرجى إبلاغ { $partner }: فبإمكانها إرسال رابط جديد إليك، أو إنهاء المشاركة فورًا.
done-used-up-visit = هل نسيت حسابًا، أو أردت إيقاف المشاركة؟ يمكنك العودة إلى هنا من { $partner }، أو إبلاغها: فبإمكانها إنهاء المشاركة.
shared-bank = { $bank }: { $what }
shared-working = لا يزال قيد المعالجة: يستمر ذلك تلقائيًا
shared-asking = لم يتم الربط: طرح البنك سؤالًا بعد الإنهاء
shared-nothing = لم يتم الربط
shared-before = { $accounts }، حسب القراءة السابقة

## They said no, or left

left-title = غادرت دون إنهاء
left-not-me = هذا يعني أن شخصًا معه ذلك الهاتف كان هنا. يُرجى إبلاغ { $partner }: فبإمكانها تصحيح الرقم.
left-lead = لم تتلقَّ { $partner } إقرارك بأنه تم الإفصاح عن جميع الحسابات. وقد أُغلق رابطك.
left-lead-visit = لم تتلقَّ { $partner } إقرارك بأنه تم الإفصاح عن جميع الحسابات.
left-goes-on = <b>ما وافقت عليه يستمر</b> حتى { $until }. لإنهائه قبل ذلك، يُرجى إبلاغ { $partner }: يمكن إنهاؤه من هناك، أو إرسال رابط إليك يفتح صفحتك الخاصة.
left-goes-on-banks = <b>ما وافقت عليه وما تم ربطه يستمر</b> حتى { $until }. لإنهائه قبل ذلك، يُرجى إبلاغ { $partner }: يمكن إنهاؤه من هناك، أو إرسال رابط إليك يفتح صفحتك الخاصة.
left-nothing = لا تتم مشاركة أي شيء
left-nothing-lead = رفضت المشاركة، ولذلك لا تتلقى { $partner } أي شيء من هنا. وقد أُغلق رابطك.
left-nothing-lead-visit = رفضت المشاركة، ولذلك لا تتلقى { $partner } أي شيء من هنا.
left-changed = هل غيّرت رأيك؟ يُرجى طلب رابط جديد من { $partner }. وبإمكانها أيضًا إخبارك بالطرق الأخرى المتاحة.
left-changed-visit = هل غيّرت رأيك؟ يمكنك العودة إلى هنا من { $partner }. وبإمكانها أيضًا إخبارك بالطرق الأخرى المتاحة.

## The demo's stand-in for the partner's page

returned-title = العودة من الرابط
returned-heading = العودة إلى صفحة الشريك
returned-lead = في العرض التوضيحي تمثّل هذه الصفحة صفحة الشريك نفسه. وهي تعرض ما عاد في العنوان.
returned-empty = لا يحتوي العنوان على استعلام. الرابط الذي يُفتح مع <code>?state=…</code> يعيد قيمة state إلى هنا.

## Dead ends: what happened, what it means, what to do next

end-go = الانتقال إلى { $partner }
end-try-again = المحاولة من جديد
end-expired = انتهت صلاحية هذا الرابط
end-expired-lead = كان صالحًا حتى { $when }. ولم يُفقد أي شيء: لم يستخدمه أحد.
end-expired-lead-bare = كان صالحًا حتى آخر يوم له. ولم يُفقد أي شيء: لم يستخدمه أحد.
end-expired-next = <b>يُرجى طلب رابط جديد من { $partner }.</b> ويُرسل رمزه برسالة نصية إلى رقمك المسجّل لديها.
end-replaced = يوجد رابط أحدث
end-replaced-lead = أنشأت { $partner } رابطًا آخر لك، ولذلك أُغلق هذا الرابط يوم { $when }. ولا يعمل إلا الأحدث.
end-replaced-lead-bare = أنشأت { $partner } رابطًا آخر لك. ولا يعمل إلا الأحدث.
end-replaced-next = <b>يُرجى البحث عن أحدث رسالة</b> من { $partner } وفتح الرابط الذي فيها. هل تعذّر العثور عليها؟ يُرجى طلب إرسالها من جديد.
end-in-use = سبق استخدام هذا الرابط
end-in-use-lead = أُدخل الرمز الصحيح، وهناك من يتابع به في نافذة أخرى أو على جهاز آخر. يسمح الرابط بدخول شخص واحد، مرة واحدة.
end-in-use-again = هل كان ذلك منك، في هذا المتصفح؟
end-in-use-again-hint = إذًا لم يصلك ردّنا. يُرجى إدخال الرمز نفسه من جديد للمتابعة.
end-in-use-you = هل كان ذلك منك؟
end-in-use-you-elsewhere = هل كان ذلك منك، في مكان آخر؟
end-in-use-you-words = يُرجى المتابعة هناك، حيث أدخلت الرمز.
end-in-use-gone = هل أُغلقت تلك النافذة؟
end-in-use-gone-press = يُغلق هذا الرابط تلقائيًا الساعة <span class="nb">{ $at }</span> إذا لم يتابع أحد هناك. يُرجى فتحه من جديد بعد ذلك: عندها يمكن إرسال رابط جديد إليك برسالة نصية من هنا.
end-in-use-gone-ask = يُغلق هذا الرابط تلقائيًا الساعة <span class="nb">{ $at }</span> إذا لم يتابع أحد هناك. يُرجى طلب رابط جديد من { $partner }.
end-in-use-not-you = ألا يمكنك ذلك، أو لم يكن ذلك منك؟
end-in-use-not-you-words = يُرجى إبلاغ { $partner }. فبإمكانها إغلاق هذا الرابط فورًا وإرسال رابط جديد إليك.
end-finished = اكتمل استخدام هذا الرابط
end-finished-lead = انتهى استخدام هذا الرابط يوم { $when }، عندما أقرّ شخص معه هاتفك بأنه تم الإفصاح عن جميع الحسابات. ولم يبقَ ما يلزم فعله.
end-finished-lead-bare = انتهى استخدام هذا الرابط عندما أقرّ شخص معه هاتفك بأنه تم الإفصاح عن جميع الحسابات. ولم يبقَ ما يلزم فعله.
end-finished-receipt = عرض إيصالك
end-finished-next = <b>هل نسيت حسابًا؟</b> يُرجى طلب رابط جديد من { $partner }. وإذا لم يكن الإنهاء منك، يُرجى إبلاغها الآن: فبإمكانها إنهاء المشاركة فورًا.
end-left-unfinished = تُرك هذا الرابط دون إنهاء
end-left-unfinished-lead = أُدخل الرمز، منك أو من شخص معه هاتفك، ثم حدث التوقف قبل الإقرار بأنه تم الإفصاح عن جميع الحسابات. يعمل الرابط مرة واحدة، ولذلك أُغلق هذا الرابط.
end-left-unfinished-next = <b>للمتابعة، يُرجى طلب رابط جديد من { $partner }.</b>
end-nothing-agreed = لا تتم مشاركة أي شيء
end-nothing-agreed-lead = أُدخل الرمز، منك أو من شخص معه هاتفك، ولا توجد موافقة على أي شيء. ولذلك لا تتلقى { $partner } أي شيء من هنا. يعمل الرابط مرة واحدة، ولذلك أُغلق هذا الرابط.
end-nothing-agreed-next = <b>هل غيّرت رأيك؟</b> يُرجى طلب رابط جديد من { $partner }. وبإمكانها أيضًا إخبارك بالطرق الأخرى المتاحة.
end-timed-out = أُغلق هذا الرابط قبل الإنهاء
end-timed-out-lead = أُدخل الرمز، ثم لم يحدث أي شيء لوقت طويل جدًا. حفاظًا على أمانك، أُغلق الرابط تلقائيًا يوم { $when }.
end-timed-out-lead-bare = أُدخل الرمز، ثم لم يحدث أي شيء لوقت طويل جدًا. حفاظًا على أمانك، أُغلق الرابط تلقائيًا.
end-timed-out-next = <b>للمتابعة، يُرجى طلب رابط جديد من { $partner }.</b>
end-kept = ما وافقت عليه وما تم ربطه محفوظ.
end-nothing-kept = لا توجد موافقة على أي شيء، ولا تتم مشاركة أي شيء.
end-press-lost = وإذا ضغطت على زر بعد ذلك، فلا يُحتسب.
end-idle = أغلقنا هذه الصفحة حفاظًا على أمانك
end-idle-lead = لم يحدث هنا أي شيء لفترة، ولذلك أُغلقت الصفحة تلقائيًا يوم { $when }.
end-idle-lead-bare = لم يحدث هنا أي شيء لفترة، ولذلك أُغلقت الصفحة تلقائيًا.
end-idle-next = <b>للمتابعة، يُرجى طلب رابط جديد من { $partner }.</b> يعمل الرابط مرة واحدة، ولذلك أُغلق الرابط الذي جئت به. ويُظهر الرابط الجديد ما وصلت إليه الأمور.
end-visit-next = <b>للمتابعة، يُرجى القدوم إلى هنا من { $partner } من جديد.</b> وعندها يظهر لك ما وصلت إليه الأمور.
end-too-long = انتهى وقتك هنا
end-too-long-lead = يمكنك البقاء هنا لوقت محدود، وقد انتهى هذا الوقت يوم { $when }.
end-too-long-lead-bare = يمكنك البقاء هنا لوقت محدود، وقد انتهى هذا الوقت.
end-too-long-next = <b>للمتابعة، يُرجى طلب رابط جديد من { $partner }.</b> يعمل الرابط مرة واحدة، ولذلك أُغلق الرابط الذي جئت به. ويُظهر الرابط الجديد ما وصلت إليه الأمور.
end-locked = هذا الرابط مقفل
end-locked-lead = أُدخل رمز خاطئ مرات كثيرة جدًا. لحمايتك، أُغلق الرابط نهائيًا. ولم يدخل أحد.
end-locked-next = <b>يُرجى طلب رابط جديد من { $partner }.</b> ألم يكن ذلك منك؟ إذًا كان رابطك لدى شخص آخر، ولكن ليس هاتفك: يُرجى إبلاغ { $partner } بذلك أيضًا.
end-withdrawn = سُحب هذا الرابط
end-withdrawn-lead = سحبت { $partner } هذا الرابط يوم { $when }. ولم يعد بإمكان أحد استخدامه.
end-withdrawn-lead-bare = سحبت { $partner } هذا الرابط. ولم يعد بإمكان أحد استخدامه.
end-withdrawn-next = <b>هل ما زلت بحاجة إليه؟</b> يُرجى سؤال { $partner }: فبإمكانها توضيح السبب وإرسال رابط جديد إليك.
end-link-unknown = لا نعرف هذا الرابط
end-link-unknown-lead = ربما فُقد جزء من العنوان في الطريق، أو انتهى الرابط منذ مدة طويلة.
end-link-unknown-first = فتح الرابط من الرسالة
end-link-unknown-first-words = يُرجى النقر على الرابط نفسه بدلًا من نسخه.
end-still-here = هل ما زالت هذه الصفحة تظهر؟
end-link-unknown-ask = يُرجى طلب رابط جديد من الشركة التي أرسلته.
end-session-unknown = لا يوجد شيء مفتوح في هذا المتصفح
end-session-unknown-lead = تتابع هذه الصفحة ما بدأ من رابط، ولم يُفتح أي رابط في هذا المتصفح، أو انتهى ذلك منذ مدة طويلة.
end-session-unknown-first = فتح رابطك من جديد
end-session-unknown-first-words = يُرجى استخدام المتصفح نفسه الذي أدخلت فيه الرمز، والسماح له بحفظ ملف تعريف الارتباط الخاص بهذا الموقع.
end-session-unknown-ask = يُرجى طلب رابط جديد من الشركة التي أرسلت الرابط.
end-token-dead = لم يعد هذا العنوان صالحًا
end-token-dead-lead = كان يقود إلى هنا لمدة محدودة، وقد انتهت، أو أُلغي.
end-token-dead-next = <b>يُرجى البدء من جديد من حيث جئت.</b> وإذا جئت عبر رابط في رسالة، يُرجى طلب رابط جديد من الشركة التي أرسلته.
end-token-used = سبق استخدام هذا العنوان
end-token-used-lead = يفتح هذه الصفحة مرة واحدة، وقد فعل ذلك.
end-token-used-go = المتابعة في هذا المتصفح
end-token-used-next = <b>هل فُتح في مكان آخر؟</b> إذًا يُرجى المتابعة هناك. وإذا لم يكن ذلك منك، يُرجى إبلاغ الشركة التي أرسلت رابطك: فبإمكانها إغلاقه فورًا.
end-link-required = يلزمك رابط لهذا
end-link-required-lead = يتطلب ذلك تأكيد رقم هاتفك المحمول، ويتم التأكيد عن طريق رابط ورمز.
end-link-required-next = <b>يُرجى طلب رابط من الشركة التي أرسلتك إلى هنا.</b> ويُرسل رمزه برسالة نصية إلى رقمك المسجّل لديها.
end-policy-changed = يُرجى القراءة من جديد
end-policy-changed-lead = تغيّر ما تطلبه { $partner }، أو صياغته هنا، أثناء القراءة. ولا يُحتسب ما ضُغط عليه: لم تتم الموافقة على أي شيء.
end-policy-changed-go = قراءة ما هو مطلوب الآن
end-agreed-already = سبق أن وافقت
end-agreed-already-lead = وافقت قبل لحظات، ربما في نافذة أخرى، ولذلك لم يعد ممكنًا اختيار «لا» هنا. ولا يزال بإمكانك المغادرة.
end-agreed-already-go = المتابعة، أو المغادرة من هناك
end-agreed-already-back = لسحب ما وافقت عليه، يمكن <a href="/manage">فتح صفحتك الخاصة</a>: هناك ينتهي فورًا.
end-too-many-banks = بلغت البنوك الحد الأقصى
end-too-many-banks-lead = بلغ عدد بيانات الدخول المستخدمة الحد الأقصى، ولا يمكن إضافة المزيد. ولم يُفقد أي شيء: ما تم ربطه يبقى مربوطًا.
end-too-many-banks-next = إذا كان هناك بنك ناقص، يُرجى الإنهاء هنا وإبلاغ { $partner }: فبإمكانها مساعدتك في الباقي.
end-policy-missing = هذا غير جاهز بعد
end-policy-missing-lead = لم توضّح { $partner } بعد ما تطلبه ولماذا، ومن دون ذلك لا يوجد ما تمكن الموافقة عليه. ولم تتم مشاركة أي شيء.
end-policy-missing-next = <b>يُرجى إبلاغ { $partner }</b> بأن سياسة الموافقة الخاصة بها غير موجودة، ثم فتح هذه الصفحة من جديد.
end-forged = يُرجى المحاولة من جديد
end-forged-lead = النموذج الذي أرسلته يخص صفحة أخرى، أو صفحة أقدم. لحمايتك، لم يُنفَّذ أي شيء.
end-forged-ask = <b>هل ما زالت هذه الصفحة تظهر؟</b> يُرجى السماح لمتصفحك بحفظ ملف تعريف الارتباط الخاص بهذا الموقع، وفتح الرابط من الرسالة من جديد.
end-busy = يُرجى الانتظار لحظة
end-busy-lead = يوجد هنا عدد كبير جدًا من الأشخاص في الوقت نفسه، ولذلك لم يُنفَّذ أي شيء. ولم يتأثر رابطك.
end-busy-next = <b>يُرجى الانتظار نصف دقيقة، ثم المحاولة من جديد.</b> هذا آمن: لا يُحتسب أي شيء مرتين. وإذا استمر ذلك، يُرجى سؤال الشركة التي أرسلت رابطك.
end-broken = حدث خلل لدينا
end-broken-lead = السبب منا وليس منك. ولا يمكننا تحديد ما إذا كانت خطوتك الأخيرة قد احتُسبت.
end-broken-next = <b>يُرجى الانتظار دقيقة، ثم المحاولة من جديد.</b> هذا آمن: يظهر لك هناك ما وصلت إليه الأمور. وإذا استمر ذلك، يُرجى إبلاغ الشركة التي أرسلت رابطك.

## A new link by text, for who holds one that is over

new-link-press = إرسال رابط جديد برسالة نصية
new-link-newest = إرسال أحدث رابط برسالة نصية
new-link-to = يُرسل إلى هاتفك المحمول المنتهي بالأرقام <b class="num">{ $ending }</b>، إن كان هذا الرقم ما زال هو المسجّل لدى { $partner }.
new-link-to-bare = يُرسل إلى رقم هاتفك المحمول المسجّل لدى { $partner }.
new-link-else = <b>هل تغيّر رقمك، أم لا تصل أي رسالة؟</b> يُرجى طلب رابط جديد من { $partner }.
new-link-else-locked = <b>ألم يكن ذلك منك؟</b> إذًا كان رابطك لدى شخص آخر، ولكن ليس هاتفك: يُرجى إبلاغ { $partner } بذلك.
sent-title = يُرجى تفقّد هاتفك
sent-lead = إن كان لدى { $partner } رقمك ورابط لك، فهناك رسالة نصية به في طريقها إليك. ولسلامة الجميع لا تقول هذه الصفحة أكثر من ذلك.
sent-open = يُرجى فتح الرابط الذي في الرسالة
sent-open-words = قد يستغرق ذلك دقيقة أو دقيقتين. هل طُلب مرتين؟ يُرجى استخدام أحدث رسالة: فلا يعمل إلا أحدث رابط.
sent-nothing = ألم يصل شيء بعد بضع دقائق؟
sent-nothing-words = يُرجى البحث بين المرسلين غير المعروفين أيضًا. ثم يُرجى طلب رابط جديد من { $partner }: فتكرار الطلب هنا لا يجلب إلا بضع رسائل في اليوم على الأكثر.
text-code = هو رمزك لمشاركة بياناتك المصرفية مع { $partner }. لن يتصل بك أحد لطلبه.
text-new-link = { $partner }: رابط مشاركة بياناتك المصرفية. لم يُطلب؟ يمكن تجاهله.

## Sharing for longer

extend-title = المشاركة لمدة أطول
extend-not-me = في هذه الحالة يُرجى الضغط على «الإبقاء كما هو»، وإغلاق هذه الصفحة، وإبلاغ { $partner }: فبإمكانها تصحيح الرقم.
extend-heading = الاستمرار في المشاركة مع { $partner }؟
extend-lead = ما تتم مشاركته الآن ينتهي تلقائيًا في <strong>{ $ends }</strong>. ويمكن أن يستمر حتى <strong>{ $until }</strong>.
extend-none = لا حاجة إلى أي إجراء
extend-none-lead = تستمر مشاركتك مع { $partner } حتى <strong>{ $ends }</strong> بالفعل. ولا يمكن تمديدها اليوم.
extend-same = لا يتغير أي شيء آخر
extend-would-end = سينتهي تلقائيًا
extend-yes = الاستمرار حتى ذلك الحين
extend-no = الإبقاء كما هو
extend-choice = القرار لك. عند الإبقاء كما هو، تنتهي المشاركة في { $ends } ويُحذف من هنا ما جُمع.

## Signing in again

renew-not-me = في هذه الحالة يُرجى الضغط على «تم»، وإغلاق هذه الصفحة، وإبلاغ { $partner }: فبإمكانها تصحيح الرقم.
renew-none = لا يوجد بنك مرتبط
renew-none-lead = لذلك لا حاجة إلى تسجيل الدخول من جديد. يمكنك <a href="/connect/banks">إضافة بنك</a>.
renew-fine = كل البنوك تعمل
renew-fine-lead = يمكن أن تقرأ { $partner } من كل ما تم ربطه. لا حاجة إلى أي إجراء.
renew-almost = أوشكنا على الانتهاء
renew-almost-lead = تجري القراءة حيث تم تسجيل الدخول. ويستمر ذلك تلقائيًا.
renew-lead = لم يعد بإمكان { $partner } القراءة من بعض البنوك. يُرجى تسجيل الدخول هناك مرة أخرى؛ وتبقى الحسابات كما هي.
renew-needed = يلزم تسجيل الدخول
renew-working = قيد المعالجة
renew-look = معرفة ما تم حتى الآن
renew-connected = مرتبط
renew-login-title = تسجيل الدخول إلى { $bank } من جديد
renew-login-not-me = في هذه الحالة يُرجى عدم تسجيل الدخول، وإغلاق هذه الصفحة، وإبلاغ { $partner }: فبإمكانها تصحيح الرقم.
renew-login-lead = ببيانات الدخول السابقة نفسها. وتبقى الحسابات كما هي: { $accounts }.
renew-login-lead-bare = ببيانات الدخول السابقة نفسها.
renew-login-later = ليس الآن
fault-other-login = هذه بيانات دخول أخرى. لإضافتها أيضًا يُرجى اختيار «إضافة بنك آخر»
former-title = كانت هذه مرتبطة من قبل
former-lead = انتهى ذلك مع انتهاء الموافقة السابقة. لاستمرار المشاركة منها يلزم تسجيل الدخول هناك من جديد.
former-renewing = <b>هل تم تسجيل الدخول حيث يلزم؟</b> <a href="/connect/renew">معرفة ما بقي، ثم الإنهاء</a>

## The ends of what somebody was sent here for

errand-done = تم
finished-title = اكتمل كل شيء
finished-not-me = هذا يعني أن شخصًا معه ذلك الهاتف، أو دخل لدى { $partner } باسمك، كان هنا. يُرجى إبلاغ { $partner } الآن: فبإمكانها إنهاء المشاركة فورًا.
finished-until = تستمر المشاركة مع { $partner } حتى <strong>{ $until }</strong>. ثم تنتهي تلقائيًا.
finished-nothing = لا تتم مشاركة أي شيء مع { $partner }.
finished-at = وقت الانتهاء: { $when }.
finished-close = يمكنك إغلاق هذه الصفحة.
nothing-title = لا تتم مشاركة أي شيء
nothing-heading = لا تتم مشاركة أي شيء مع { $partner }
nothing-lead = الغرض من هذه الصفحة متابعة ما تتم مشاركته، لكن لا يوجد شيء: فقد انتهى، أو لم تتم الموافقة عليه قط.
nothing-again = <b>هل المطلوب المشاركة من جديد؟</b> يُرجى سؤال { $partner }: فبإمكانها إرسال رابط يُظهر أولًا ما تطلبه.

## The person's own page

manage-title = ما تتم مشاركته
manage-link = الاطلاع على ما تتم مشاركته وإيقافه
manage-not-me = هذا يعني أن شخصًا معه ذلك الهاتف، أو دخل لدى { $partner } باسمك، وافق على هذا. يُرجى إبلاغ { $partner } الآن: فبإمكانها إنهاؤه فورًا.
manage-lead = يمكن أن تطّلع { $partner } على بياناتك المصرفية حتى <strong>{ $ends }</strong>. ويمكنك إيقاف ذلك في أي وقت.
manage-stopped = <b>توقفت المشاركة من { $bank }.</b> لم يعد يُقرأ هناك أي شيء ببيانات الدخول تلك، وحُذف من هنا ما قُرئ.
manage-afterwards = بعد ذلك
manage-deleted = تُحذف من هنا
manage-copy = تُحذف من هنا. ويجوز أن تحتفظ { $partner } بنسخة أُزيل منها كل ما يدل عليك
manage-read = آخر قراءة: { $when }
manage-stop = إيقاف
manage-banks = البنوك، وإضافة بنك آخر
manage-all = إيقاف كل شيء
manage-all-lead = يسري ذلك فورًا: لا يمكن أن تقرأ { $partner } أي شيء بعد ذلك.
manage-all-press = إيقاف كل مشاركة
manage-nothing = لا تتم مشاركة أي شيء مع { $partner } حاليًا.
manage-ended = ما انتهى
manage-ran-out = انتهت مدته: { $when }
manage-was-stopped = تم إيقافه: { $when }
manage-back = رجوع
nothing-before = الاطلاع على ما تمت مشاركته من قبل

## What was agreed to, on that page and on the receipt

notice-title = ما تمت الموافقة عليه، كلمة بكلمة
notice-lead = كما عُرض عليك، باللغة { $language }.

## Who read what, on that page

accesses-title = من قرأ بياناتك
accesses-lead = كل مرة قُرئت فيها بياناتك المصرفية هنا، يومًا بيوم، خلال آخر { $kept }. أما ما تفعله { $partner } بنسخة لديها فلا يظهر هنا.
accesses-none = لم يقرأ أحد بياناتك المصرفية هنا خلال آخر { $kept }. وإذا قُرئت، فسيظهر ذلك في هذا الموضع.
access-application-accounts = قرأت { $partner } حساباتك
access-application-transactions = قرأت { $partner } معاملاتك
access-application-identity = قرأت { $partner } اسمك وبيانات الاتصال بك
access-application-connections = قرأت { $partner } أسماء البنوك التي ربطتها
access-application-attestation = قرأت { $partner } ما صرّحت به عند الانتهاء
access-operator-accounts = صدّرت الجهة المشغّلة لهذه الخدمة حساباتك
access-operator-transactions = صدّرت الجهة المشغّلة لهذه الخدمة معاملاتك
access-operator-identity = صدّرت الجهة المشغّلة لهذه الخدمة اسمك وبيانات الاتصال بك
access-operator-connections = اطّلعت الجهة المشغّلة لهذه الخدمة على أسماء البنوك التي ربطتها
access-operator-attestation = صدّرت الجهة المشغّلة لهذه الخدمة ما صرّحت به عند الانتهاء
access-times = { $times ->
    [1] مرة واحدة: { $last }
    [two] مرتان، آخرهما: { $last }
    [few] { $times } مرات، آخرها: { $last }
   *[other] { $times } مرة، آخرها: { $last }
}
accesses-earlier = { $lines ->
    [1] سطر واحد سابق
    [two] سطران سابقان
    [few] { $lines } أسطر سابقة
    [many] { $lines } سطرًا سابقًا
   *[other] { $lines } سطر سابق
}
accesses-older = هناك المزيد مما قبل { $from }، وهو محفوظ أيضًا: يمكن طلب القائمة كاملة من { $partner }.

## Stopping it, and the receipt

withdraw-title = إيقاف المشاركة؟
withdraw-not-me = هذا يعني أن شخصًا معه ذلك الهاتف، أو دخل لدى { $partner } باسمك، وافق على هذا. يمكنك إيقافه؛ ويُرجى إبلاغ { $partner }.
withdraw-all = إيقاف المشاركة مع { $partner }؟
withdraw-one = إيقاف المشاركة من { $bank }؟
withdraw-lead = يسري ذلك لحظة الضغط. لا يمكن التراجع عنه، لكن يمكن بدء المشاركة من جديد.
withdraw-then = ما يحدث عندئذ
withdraw-reads = لا يمكن أن تقرأ { $partner } أي شيء هنا بعد ذلك.
withdraw-reads-from = لا يمكن أن تقرأ { $partner } أي شيء هنا بعد ذلك: لا جديد من { $banks }، ولا شيء مما سبق.
withdraw-deleted = <b>يُحذف</b> من هنا كل ما جُمع.
withdraw-copy = يجوز أن تحتفظ { $partner } بنسخة أُزيل منها كل ما يدل عليك. هذا ما تمت الموافقة عليه.
withdraw-one-reads = لا يُقرأ أي شيء بعد ذلك في { $bank } ببيانات الدخول هذه، ولا يمكن أن تقرأ { $partner } هنا ما قُرئ به من قبل.
withdraw-one-deleted = <b>يُحذف</b> من هنا ما قُرئ به. ويستمر كل ما تتم مشاركته غير ذلك.
withdraw-documents = إذا لم تتخذ { $partner } قرارها بعد، فقد تطلب منك مستندات بدلًا من ذلك.
withdraw-ask = طلب حذف تلك النسخة أيضًا من { $partner }
withdraw-ask-hint = تُبلَّغ بهذا الطلب. والتنفيذ من شأنها.
withdraw-press = إيقاف المشاركة
withdraw-keep = الاستمرار في المشاركة
receipt-title = انتهت المشاركة
receipt-lead = منذ { $when } لم يعد بإمكان { $partner } قراءة أي شيء من ذلك هنا.
receipt-number = رقم الإيصال
receipt-ended = النهاية
receipt-here = هنا
receipt-here-all = حُذف كل ما جُمع
receipt-there = لدى { $partner }
receipt-there-asked = يجوز أن تحتفظ بنسخة ليس فيها ما يدل عليك. وقد طُلب منها حذفها
receipt-there-copy = يجوز أن تحتفظ بنسخة أُزيل منها كل ما يدل عليك
receipt-there-told = أُبلغت بأن ذلك انتهى
receipt-keep = للاحتفاظ بهذا الإيصال يمكن طباعة هذه الصفحة أو حفظها. ويساعد الرقم { $partner } على العثور عليه.
receipt-back = الرجوع إلى ما تتم مشاركته
