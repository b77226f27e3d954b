# الدعوة. الجمل نفسها ترد في الرسالة.
somebody-at = شخص لدى { $organization }
invites-app = دعوة من { $inviter } إلى استخدام { $app }
invites-host = دعوة من { $inviter } إلى { $host }
invites = دعوة من { $inviter } إلى العمل مع { $organization }
organization-invites = تدعوك { $organization } إلى العمل معًا
proved = أثبتت { $organization } أنها تملك { $domain }
proved-nothing = لم تثبت { $organization } بعد أنها تملك نطاقًا
quote-from = كلمات من { $inviter }، { $organization }
sees = إذا قبلت، سترى { $organization }
sees-name = اسمك وعنوانك { $address }
sees-app = متى تفتح { $app } ومن أين
sees-sign-in = متى تسجّل الدخول ومن أين
sees-never = ولن ترى أبدًا كلمة مرورك أو بريدك أو ملفاتك
accept = أقبل وأتابع
accept-next = بعد ذلك تثبت أن صندوق البريد هذا لك.
open-until = الدعوة سارية حتى { $date }.
not-you = لست { $address }؟
say-no = ارفض الدعوة
say-no-alone = ارفض الدعوة
nothing-happens = لا يحدث شيء قبل أن تضغط الزر.

# الرمز.
passcode-heading = اكتب الرمز الوارد في رسالتك
passcode-heading-returning = سجّل الدخول بالرمز الوارد في رسالتك
passcode-sent = أرسلنا ثمانية أرقام إلى { $address }
passcode-sent-returning = إذا كان العنوان { $address } معروفًا هنا، فثمانية أرقام في طريقها إليه
code = الرمز
passcode-until = يصلح مرة واحدة، حتى { $time }.
passcode-wrong = ليس هذا هو الرمز الذي أرسلناه. { $tries ->
    [zero] لم تبقَ لك أي محاولة.
    [one] بقيت لك محاولة واحدة.
    [two] بقيت لك محاولتان.
    [few] بقيت لك { $tries } محاولات.
    [many] بقيت لك { $tries } محاولة.
   *[other] بقيت لك { $tries } محاولة.
}
passcode-malformed = يتكوّن الرمز من ثمانية أرقام. انظر في الرسالة مرة أخرى.
passcode-void = كانت المحاولات الخاطئة كثيرة، ولم يعد الرمز صالحًا. اطلب رمزًا جديدًا أدناه.
passcode-lapsed = انتهى وقت هذا الرمز. اطلب رمزًا جديدًا أدناه.
passcode-too-many = أُدخلت رموز خاطئة كثيرة لصندوق البريد هذا. يمكنك المحاولة من جديد بعد { $time }.
no-mail = لم تصلك رسالة بعد؟
look-in-spam = ابحث في البريد غير المرغوب فيه عن { $sender }.
resend = أرسل الرمز مرة أخرى
resend-same = ما دام الأول صالحًا، فهو الرمز نفسه.
resend-after = يمكنك طلب الرمز مرة أخرى بعد { $time }.
wrong-address = العنوان خاطئ؟
use-another-one = استخدم عنوانًا غيره

# بجانب الطريق.
cancelled-heading = لم تقبل الدعوة
cancelled-text = لم تعرف { $organization } عنك شيئًا. تبقى الدعوة مفتوحة إن غيّرت رأيك.
cancelled-back = عودة إلى الدعوة
no-more-invitations = لا مزيد من الدعوات من { $organization }
wrong-account-heading = هذه الدعوة لعنوان آخر
wrong-account-still-good = ما زالت سارية. لم يُستهلك شيء.
wrong-account-invited = المدعو
wrong-account-you-are = أنت
wrong-account-rule = قاعدة { $organization }: الدعوة للعنوان الذي أُرسلت إليه
continue-as = تابع باسم { $address }
wrong-account-signs-out = سيُسجَّل أولًا خروج { $address } من { $organization } في هذا المتصفح، ومن صفحات الإدارة أيضًا.
wrong-account-both-yours = العنوانان لك، وتريد الآخر؟
ask-to-send-there = اطلب من { $inviter } إرسالها إليه
wrong-account-not-you = ليست موجّهة إليك؟ أغلق هذه الصفحة، ولن يحدث شيء.
dead-link-heading = لم يعد هذا الرابط صالحًا
dead-link-text = ربما حلّت محله دعوة أحدث، أو انتهى وقته. يمكنك طلب دعوة جديدة.
dead-link-send = اطلب دعوة جديدة
dead-link-only-there = تذهب إلى صندوق البريد المدعو، ولا تذهب إلى غيره. لا يصل إلى الصندوق إلا عدد قليل منها في اليوم، وبعد ذلك تبقى أحدث دعوة فيه صالحة.
fresh-link-heading = انظر في صندوق بريدك
fresh-link-text = إذا كانت هذه الدعوة ما زالت مفتوحة ولم يستوفِ الصندوق رسائل يومه، فثمة رسالة في طريقها إلى العنوان المدعو. وإلا فابحث فيه عن أحدث دعوة.
fresh-link-wait = قد يستغرق ذلك بضع دقائق. انظر في البريد غير المرغوب فيه أيضًا. يمكنك إغلاق هذه الصفحة.
invitation-held-heading = هذه الدعوة معلّقة
invitation-held = اضطرت { $organization } إلى استعادة بياناتها من نسخة احتياطية. الدعوات السابقة معلّقة إلى أن يرسلها أحد هناك مرة أخرى، ولذلك لم يعد هذا الرابط صالحًا.
invitation-held-way = اطلب ممن دعاك إلى { $organization } أن يرسل الدعوة مرة أخرى. عندئذ تصل رسالة جديدة برابط جديد إلى صندوق البريد المدعو.
accepted-heading = لقد قبلت هذه الدعوة
accepted-app = سجّل الدخول لتفتح { $app }
accepted-host = سجّل الدخول لتتابع إلى { $host }
accepted-apps = سجّل الدخول لترى تطبيقاتك لدى { $organization }
leaving-heading = أنت على وشك الانتقال إلى { $host }
leaving-text = اختار هذا العنوان الشخص الذي دعاك. لم تثبت { $organization } أنها تملكه.
leaving-go = تابع إلى { $host }
leaving-stay = ابقَ هنا لترى تطبيقاتك

# رفض دعوات أخرى.
block-heading = لا مزيد من الدعوات من { $organization }؟
block-text = لن تصل إلى { $address } دعوات أخرى بالبريد من { $organization }. وما يمكنك فتحه اليوم يبقى كما هو.
block-button = ارفض الدعوات المقبلة
blocked-heading = لم يعد بإمكان { $organization } إرسال دعوات إليك
blocked-text = العنوان { $address } في قائمة العناوين التي رفضت. يمكنك تغيير رأيك هنا.
unblock-button = اسمح بالدعوات من جديد
unblocked-heading = يمكن أن تدعوك { $organization } من جديد
unblocked-text = لم تُرسل الآن رسالة إلى { $address }. ستصلك رسالة عندما يدعوك أحد.

# Turned away.
account-blocked = أوقفت { $organization } هذا الحساب.
ask-contact = اسأل من تعرفه لدى { $organization }.
rule-domains = العناوين التي تُقبل للضيوف
domain-not-admitted = لا تستقبل { $organization } ضيوفًا لهم عنوان لدى { $domain }.

rule-methods = طرق تسجيل الدخول
passcodes-off = لا تتيح { $organization } للضيوف الدخول برمز يُرسل بالبريد.
